import type { Params } from "../../base/catalogue";
import { formatNumber } from "../../base/formats";
import { sizeOf } from "../core/history";

/** "350 MB", "1,2 GB". */
export function sizeText(bytes: number): string {
  const { value, unit, decimals } = sizeOf(bytes);
  return `${formatNumber(value, decimals)}\u00a0${unit}`;
}

/** A judgement's parameters as they are read: sizes with their unit. */
export function readable(params: Params): Params {
  const shown = Object.entries(params).map(([name, value]) => {
    const isSize = name.endsWith("_bytes") && typeof value === "number";
    return [name, isSize ? sizeText(value) : value] as const;
  });
  return Object.fromEntries(shown);
}
