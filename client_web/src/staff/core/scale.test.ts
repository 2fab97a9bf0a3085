import { expect, test } from "vitest";
import { linear, spreadLabels, ticks } from "./scale";

test("a scale takes the ends to the ends, also upside down", () => {
  const y = linear(0, 10, 200, 0);
  expect([y(0), y(5), y(10)]).toEqual([200, 100, 0]);
});

test("a domain of one value does not divide by nothing", () => {
  expect(linear(3, 3, 0, 100)(3)).toBe(0);
});

test.each([
  [7, 5, true, [0, 2, 4, 6, 8]],
  [1, 4, true, [0, 1]],
  [0, 4, true, [0]],
  [10, 5, false, [0, 2, 4, 6, 8, 10]],
])("ticks up to %i", (highest, wanted, whole, expected) => {
  expect(ticks(highest, wanted, whole)).toEqual(expected);
});

test("labels near each other keep their distance, others stay beside their dots", () => {
  const heights = spreadLabels(
    [
      { x: 10, y: 50 },
      { x: 12, y: 52 },
      { x: 200, y: 51 },
    ],
    30,
    12,
  );
  expect(heights).toEqual([50, 62, 51]);
});
