import { expect, test } from "vitest";
import { readable, sizeText } from "./size";

test("a size has its unit", () => {
  expect(sizeText(900 * 2 ** 20)).toBe("900\u00a0MB");
  expect(sizeText(1.5 * 2 ** 30)).toBe("1,5\u00a0GB");
});

test("of a judgement's parameters only sizes change", () => {
  const params = { free_bytes: 2 ** 30, host: "a_bytes", minutes: 17 };
  expect(readable(params)).toEqual({ free_bytes: "1,0\u00a0GB", host: "a_bytes", minutes: 17 });
});
