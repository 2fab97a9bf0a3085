import type { RehearsalRow } from "../../protocol/messages";

/** Where a room test stands. */
export type RoomTestState = "unused" | "expired" | "playing" | "broken_off" | "go" | "no_go";

/** After so long without a verdict none comes any more; a test takes less than ten minutes. */
const LONGEST_MS = 20 * 60_000;

/** Where a room test stands at a moment. */
export function stateOf(row: RehearsalRow, now_ms: number): RoomTestState {
  if (row.verdict !== null) return row.verdict.go ? "go" : "no_go";
  if (row.played_at !== null)
    return now_ms - Date.parse(row.played_at) < LONGEST_MS ? "playing" : "broken_off";
  return Date.parse(row.expires_at) > now_ms ? "unused" : "expired";
}
