import { formatNumber } from "../../base/formats";
import { sizeOf } from "../core/history";

/** "350 MB", "1,2 GB". */
export function sizeText(bytes: number): string {
  const { value, unit, decimals } = sizeOf(bytes);
  return `${formatNumber(value, decimals)}\u00a0${unit}`;
}
