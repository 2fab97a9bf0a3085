/** Verdicts on a model and on items, as ends of catalogue keys. The bounds are conventions; their sources are named. */

/** How well the model fits, by RMSEA2 (Maydeu-Olivares & Joe 2014) and SRMSR (≤ .05 close, ≤ .08 fair). */
export function modelFitKey(rmsea: number | null, srmsr: number | null): "none" | "good" | "fair" | "poor" {
  const worst = Math.max(rmsea ?? -1, srmsr ?? -1);
  if (worst < 0) return "none";
  if (worst <= 0.05) return "good";
  return worst <= 0.08 ? "fair" : "poor";
}

/** How an item follows the model: S-X2 with its RMSEA (a small p alone is nothing with many candidates). */
export function itemFitKey(p: number | null, rmsea: number | null): "none" | "good" | "fair" | "poor" {
  if (p === null) return "none";
  if (p >= 0.01 || (rmsea !== null && rmsea <= 0.05)) return "good";
  return rmsea !== null && rmsea <= 0.08 ? "fair" : "poor";
}

/** Whom an item favours between two groups: ETS delta is negative where the focal group finds it harder. */
export function favoured(contrast: {
  delta: number | null;
  reference: string;
  focal: string;
}): string | null {
  if (contrast.delta === null || contrast.delta === 0) return null;
  return contrast.delta < 0 ? contrast.reference : contrast.focal;
}
