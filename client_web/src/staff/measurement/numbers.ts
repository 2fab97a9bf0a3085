import { formatDecimal, formatNumber, formatShare } from "../../base/formats";
import { t } from "../texts";

const NOTHING = "–";

/** A figure with two decimals, a dash where there is none. */
export function numberText(value: number | null, decimals = 2): string {
  return value === null ? NOTHING : formatNumber(value, decimals).replace(/^-/, "−");
}

/** A share as a percentage, a dash where there is none. */
export function shareText(value: number | null): string {
  return value === null ? NOTHING : formatShare(value);
}

/** Decimal text of the server's, a dash where there is none. */
export function decimalText(value: string | null): string {
  return value === null ? NOTHING : formatDecimal(value);
}

/** "95 % interval: 0,33 to 0,49", empty without both bounds. */
export function intervalText(low: number | null, high: number | null, decimals = 2): string {
  if (low === null || high === null) return "";
  return t("interval_words", { low: numberText(low, decimals), high: numberText(high, decimals) });
}

/** A probability: very small ones by their bound. */
export function probabilityText(p: number | null): string {
  if (p === null) return NOTHING;
  return p < 0.001 ? `< ${formatNumber(0.001, 3)}` : formatNumber(p, 3);
}

/** "1,32 ± 0,11": a figure with its standard error, where that is known. */
export function withError(value: number | null, se: number | null): string {
  return value === null || se === null ? numberText(value) : `${numberText(value)} ± ${numberText(se)}`;
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A very small or large number: "3 · 10⁻⁸". */
export function powerText(value: number): string {
  const [figure = "", power = ""] = value.toExponential(0).split("e");
  const raised = [...power.replace("+", "")].map((sign) => (sign === "-" ? "⁻" : RAISED[Number(sign)]));
  return `${figure} · 10${raised.join("")}`;
}

/** The scale that scores and their statistics are on, whatever the paper's points add up to. */
export const SCALE = "10";
