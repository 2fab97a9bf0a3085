// @vitest-environment node
import { expect, test } from "vitest";
import { favoured, itemFitKey, modelFitKey } from "./verdicts";

test("the worse of the two figures judges the model", () => {
  expect(modelFitKey(0.02, 0.03)).toBe("good");
  expect(modelFitKey(0.02, 0.07)).toBe("fair");
  expect(modelFitKey(0.09, null)).toBe("poor");
  expect(modelFitKey(null, null)).toBe("none");
});

test("a small p with a small RMSEA is no misfit", () => {
  expect(itemFitKey(0.4, 0.02)).toBe("good");
  expect(itemFitKey(0.0001, 0.02)).toBe("good");
  expect(itemFitKey(0.0001, 0.07)).toBe("fair");
  expect(itemFitKey(0.0001, 0.2)).toBe("poor");
  expect(itemFitKey(null, null)).toBe("none");
});

test("a negative delta favours the reference group", () => {
  const groups = { reference: "12A1", focal: "12A2" };
  expect(favoured({ ...groups, delta: -1.6 })).toBe("12A1");
  expect(favoured({ ...groups, delta: 1.6 })).toBe("12A2");
  expect(favoured({ ...groups, delta: null })).toBeNull();
});
