const BASE_MS = 500;
const CAP_MS = 15_000;

/**
 * How long to wait before attempt number `failures` + 1: full jitter, so that a room that lost its line does not come
 * back all at once. `chance` is from 0 to 1.
 */
export function backoff(failures: number, chance: number): number {
  return Math.round(chance * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 10)));
}
