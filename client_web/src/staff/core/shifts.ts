import type { ShiftRow } from "../../protocol/messages";

/** Where a shift stands in its day. */
export type Phase = "running" | "soon" | "over";

/** The phase at a moment. A shift whose every script is in is over before its closing time. */
export function phaseOf(shift: ShiftRow, now_ms: number): Phase {
  const ended = ["submitted", "closed", "voided"].reduce((sum, state) => sum + (shift.states[state] ?? 0), 0);
  const allIn = shift.started_at !== null && shift.candidates > 0 && ended === shift.candidates;
  if (allIn || now_ms >= Date.parse(shift.closes_at)) return "over";
  return shift.started_at !== null ? "running" : "soon";
}

const ORDER: readonly Phase[] = ["running", "soon", "over"];

/** Shifts as an invigilator looks for them: running, then the next to come, then the latest over. */
export function byPhase(shifts: readonly ShiftRow[], now_ms: number): ShiftRow[] {
  const rank = (shift: ShiftRow) => ORDER.indexOf(phaseOf(shift, now_ms));
  return [...shifts].sort((a, b) => {
    const apart = Date.parse(a.opens_at) - Date.parse(b.opens_at);
    return rank(a) - rank(b) || (phaseOf(a, now_ms) === "over" ? -apart : apart);
  });
}

/** What the room's clock counts down to. */
export interface Countdown {
  to: "bell" | "end" | "close" | "nothing";
  ms: number;
}

/** Before the bell, to it; then to the end of the time allowed; then, for those with more time, to the closing. */
export function countdownOf(shift: ShiftRow, now_ms: number): Countdown {
  if (shift.started_at === null) return { to: "bell", ms: Math.max(0, Date.parse(shift.opens_at) - now_ms) };
  const end_ms = Date.parse(shift.started_at) + shift.minutes * 60_000;
  if (now_ms < end_ms) return { to: "end", ms: end_ms - now_ms };
  const close_ms = Date.parse(shift.closes_at);
  return now_ms < close_ms ? { to: "close", ms: close_ms - now_ms } : { to: "nothing", ms: 0 };
}
