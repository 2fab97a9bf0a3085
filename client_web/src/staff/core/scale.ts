/** A linear scale from a domain to pixels. */
export type Scale = (value: number) => number;

/** The scale that takes `from` to `start` and `to` to `end`. */
export function linear(from: number, to: number, start: number, end: number): Scale {
  const slope = to === from ? 0 : (end - start) / (to - from);
  return (value) => start + (value - from) * slope;
}

/** About `wanted` round numbers that cover 0 to `highest` in steps of 1, 2 or 5; whole steps only when `whole`. */
export function ticks(highest: number, wanted: number, whole = false): number[] {
  const rough = Math.max(highest, 1e-9) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const fitting =
    [1, 2, 5, 10].map((step) => step * power).find((step) => step >= rough - 1e-12) ?? 10 * power;
  const step = whole ? Math.max(1, Math.round(fitting)) : fitting;
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, index) => index * step);
}

/** A dot with its label's height. */
export interface Labelled {
  x: number;
  y: number;
}

/** Label heights moved apart, so that labels within `width` of each other keep `gap` in height. Order as given. */
export function spreadLabels(dots: readonly Labelled[], width: number, gap: number): number[] {
  const placed: { x: number; y: number }[] = [];
  const heights = new Array<number>(dots.length).fill(0);
  const byHeight = dots.map((dot, index) => ({ ...dot, index })).sort((a, b) => a.y - b.y);
  for (const dot of byHeight) {
    const y = freeHeight(dot, placed, width, gap);
    placed.push({ x: dot.x, y });
    heights[dot.index] = y;
  }
  return heights;
}

function freeHeight(dot: Labelled, placed: readonly Labelled[], width: number, gap: number): number {
  const near = placed.filter((other) => Math.abs(other.x - dot.x) < width).sort((a, b) => a.y - b.y);
  return near.reduce((y, other) => (Math.abs(other.y - y) < gap ? other.y + gap : y), dot.y);
}
