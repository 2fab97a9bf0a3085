// @vitest-environment node
import { expect, test } from "vitest";
import { bandPath, highestPoint, linePath, pointNear, pointsOf, thinned } from "./curves";

const curve = { x: [-4, -2, 0, 2, 4], y: [0, 1, 5, 2, 0] };
const same = (value: number) => value;

test("a curve is cut to the stretch in view", () => {
  expect(pointsOf(curve, -2, 2).map((point) => point.x)).toEqual([-2, 0, 2]);
});

test("its highest point and the one nearest to a place are found", () => {
  expect(highestPoint(pointsOf(curve))).toEqual({ x: 0, y: 5 });
  expect(pointNear(pointsOf(curve), 2.4)).toEqual({ x: 2, y: 2 });
  expect(highestPoint([])).toBeUndefined();
});

test("a band runs forth above and back below", () => {
  const low = pointsOf({ x: [0, 1], y: [0, 0] });
  const high = pointsOf({ x: [0, 1], y: [2, 3] });
  expect(linePath(high, same, same)).toBe("M0.0,2.0L1.0,3.0");
  expect(bandPath(low, high, same, same)).toBe("M0.0,2.0L1.0,3.0L1.0,0.0L0.0,0.0Z");
});

test("a long table is thinned", () => {
  expect(thinned([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 3, 6, 9]);
  expect(thinned([0, 1], 4)).toEqual([0, 1]);
});
