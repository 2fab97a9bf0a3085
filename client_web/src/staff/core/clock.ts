/** The server's clock as this page last heard it; `heard_ms` is performance.now() then. */
export interface ServerClock {
  server_ms: number;
  heard_ms: number;
}

/** The server's time now, in ms since 1970. */
export function serverNow(clock: ServerClock, tick_ms: number): number {
  return clock.server_ms + (tick_ms - clock.heard_ms);
}

/** How fresh what is shown is: live, late (one poll missed) or lost. */
export type Freshness = "live" | "late" | "lost";

export const LATE_MS = 3_000;
export const LOST_MS = 6_000;

/** Freshness by the age of the last successful poll in ms. */
export function freshness(age_ms: number): Freshness {
  if (age_ms >= LOST_MS) return "lost";
  return age_ms >= LATE_MS ? "late" : "live";
}

/** When to ask again after `failures` polls in a row have failed: each second, slower up to eight. */
export function pollDelay(failures: number): number {
  return Math.min(1_000 * 2 ** Math.max(0, failures - 1), 8_000);
}

/** A candidate's time left in ms: the paused rest, or the deadline less the server's time. Null before the bell and after the end. */
export function timeLeft(
  seat: { state: string; deadline_at: string | null; remaining_ms: number | null },
  now_ms: number,
): number | null {
  if (seat.state === "paused") return seat.remaining_ms;
  if (seat.state !== "running" || seat.deadline_at === null) return null;
  return Math.max(0, Date.parse(seat.deadline_at) - now_ms);
}
