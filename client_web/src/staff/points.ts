import { formatDecimal } from "../base/formats";

/** Points as a column of a table shows them: at least two decimals, none dropped. "0.5" is "0,50". */
export function pointsText(points: string): string {
  const decimals = points.split(".")[1]?.length ?? 0;
  const padded =
    decimals === 0 ? `${points}.00` : points.padEnd(points.length + Math.max(0, 2 - decimals), "0");
  return formatDecimal(padded);
}
