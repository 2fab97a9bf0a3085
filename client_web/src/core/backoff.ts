const BASE_MS = 500;
const CAP_MS = 15_000;

/** What a lost line leaves to go by. */
export interface Loss {
  /** Attempts that failed since the last Welcome, the one that was just lost among them. */
  failures: number;
  /** Faults of this page in a row, which reach a Welcome each time. */
  faults: number;
  /** Within how long the server asked to come again; null when it did not. */
  retry_ms: number | null;
  /** Within how long to come again after a line that broke, as the server last said. */
  reconnect_ms: number;
}

/**
 * How long to wait before the next attempt to connect. Full jitter throughout, so that a room that lost its line does
 * not come back all at once: anywhere within what the server asked; else anywhere within its usual span the first
 * time, and within a growing one after that. `chance` is from 0 to 1.
 */
export function pauseAfter(loss: Loss, chance: number): number {
  return Math.round(chance * span(loss));
}

function span({ failures, faults, retry_ms, reconnect_ms }: Loss): number {
  if (retry_ms !== null) return retry_ms;
  const attempts = Math.max(failures, faults + 1);
  return attempts <= 1 ? reconnect_ms : Math.max(reconnect_ms, growing(attempts));
}

/**
 * How long to wait when the server said to come again in so many seconds, a time meant for this page alone: that, and
 * up to a quarter more, at least up to a second. `chance` is from 0 to 1.
 */
export function pauseInQueue(seconds: number, chance: number): number {
  return Math.round(seconds * 1_000 + chance * Math.max(1_000, seconds * 250));
}

/** How long to wait before attempt number `failures` + 1 to fetch something. `chance` is from 0 to 1. */
export function backoff(failures: number, chance: number): number {
  return Math.round(chance * growing(failures));
}

function growing(failures: number): number {
  return Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 10));
}
