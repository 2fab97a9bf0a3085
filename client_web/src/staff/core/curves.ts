import type { Curve } from "../../protocol/messages";
import type { Scale } from "./scale";

/** A point of a curve. */
export interface Point {
  x: number;
  y: number;
}

export const NO_POINT: Point = { x: 0, y: 0 };

/** The curve's points between `from` and `to`. */
export function pointsOf(curve: Curve, from = -Infinity, to = Infinity): Point[] {
  return curve.x.flatMap((x, place) => {
    const y = curve.y[place];
    return y === undefined || x < from || x > to ? [] : [{ x, y }];
  });
}

/** The curve's highest point, undefined when it has none. */
export function highestPoint(points: readonly Point[]): Point | undefined {
  return points.reduce<Point | undefined>(
    (best, point) => (best === undefined || point.y > best.y ? point : best),
    undefined,
  );
}

/** The point nearest to `x`. */
export function pointNear(points: readonly Point[], x: number): Point | undefined {
  return points.reduce<Point | undefined>(
    (best, point) => (best === undefined || Math.abs(point.x - x) < Math.abs(best.x - x) ? point : best),
    undefined,
  );
}

/** A path through the points. */
export function linePath(points: readonly Point[], x: Scale, y: Scale): string {
  return points
    .map((point, place) => `${place === 0 ? "M" : "L"}${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`)
    .join("");
}

/** The closed area between two lines over the same stretch. */
export function bandPath(low: readonly Point[], high: readonly Point[], x: Scale, y: Scale): string {
  if (low.length === 0 || high.length === 0) return "";
  return `${linePath(high, x, y)}${linePath([...low].reverse(), x, y).replace("M", "L")}Z`;
}

/** Every `step`-th of `count` rows at most, so that a table behind a curve stays short. */
export function thinned<Row>(rows: readonly Row[], most: number): Row[] {
  const step = Math.max(1, Math.ceil(rows.length / most));
  return rows.filter((_, place) => place % step === 0);
}
