export const AMBER_MS = 5 * 60_000;
export const RED_MS = 60_000;

const SPOKEN_MINUTES = [30, 15, 10, 5, 1] as const;

/** How urgent the time left is; in the last five minutes it can't be hidden. */
export type Urgency = "calm" | "amber" | "red" | "over";

export function urgency(remaining_ms: number): Urgency {
  if (remaining_ms <= 0) return "over";
  if (remaining_ms <= RED_MS) return "red";
  return remaining_ms <= AMBER_MS ? "amber" : "calm";
}

/** The mark in minutes that the countdown passed between two looks, to be said aloud once; null for none. */
export function passedMark(before_ms: number, now_ms: number): number | null {
  const passed = SPOKEN_MINUTES.filter(
    (minutes) => now_ms <= minutes * 60_000 && before_ms > minutes * 60_000,
  );
  return passed.at(-1) ?? null;
}
