/** The smallest value that at least `share` of the values do not exceed; null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  const ranked = [...values].sort((a, b) => a - b);
  return ranked[Math.max(0, Math.ceil(share * ranked.length) - 1)] ?? null;
}
