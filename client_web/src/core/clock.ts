import type { Timing } from "../protocol/messages";

const KEPT_SAMPLES = 12;
const SAMPLE_LIFE_MS = 10 * 60_000;
/** Clocks that drift apart by no more than this within a sample's life. */
const DRIFT_MS = 250;

/** One exchange with the server: how long it took, and how far the server's clock is ahead of this page's. */
export interface Sample {
  rtt_ms: number;
  offset_ms: number;
  taken_ms: number;
}

/** What the page knows of the server's clock. `rough_ms` comes from a message without an echo, until the first pong. */
export interface Clock {
  samples: readonly Sample[];
  rough_ms: number;
}

export const NO_CLOCK: Clock = { samples: [], rough_ms: 0 };

/** The clock after a message that carried the server's time. */
export function heard(clock: Clock, server_ms: number, local_ms: number): Clock {
  return { ...clock, rough_ms: server_ms - local_ms };
}

/** The clock after a pong: asked at `sent_ms`, answered at `server_ms`, heard at `local_ms`. */
export function ponged(clock: Clock, sent_ms: number, server_ms: number, local_ms: number): Clock {
  const sample = {
    rtt_ms: local_ms - sent_ms,
    offset_ms: server_ms - (sent_ms + local_ms) / 2,
    taken_ms: local_ms,
  };
  const young = clock.samples.filter((old) => local_ms - old.taken_ms < SAMPLE_LIFE_MS && agree(old, sample));
  return { ...clock, samples: [...young, sample].slice(-KEPT_SAMPLES) };
}

/** Whether both can be true of one clock. After a PC slept they can't, and the older one is wrong. */
function agree(old: Sample, fresh: Sample): boolean {
  return Math.abs(old.offset_ms - fresh.offset_ms) <= (old.rtt_ms + fresh.rtt_ms) / 2 + DRIFT_MS;
}

/** The quickest exchange, whose offset can be wrong by no more than half its round trip; null before the first. */
export function bestSample(clock: Clock): Sample | null {
  return clock.samples.reduce<Sample | null>(
    (best, sample) => (best === null || sample.rtt_ms < best.rtt_ms ? sample : best),
    null,
  );
}

/** The server's time now, in whole milliseconds since 1970. */
export function serverTime(clock: Clock, local_ms: number): number {
  return Math.round(local_ms + (bestSample(clock)?.offset_ms ?? clock.rough_ms));
}

/** What is left of the time allowed, never below 0; null before the bell. */
export function remaining(timing: Timing, server_ms: number): number | null {
  if (timing.deadline_ms !== null) return Math.max(0, timing.deadline_ms - server_ms);
  return timing.remaining_ms;
}
