import type { LineKind } from "./line";

/** A line that ends sooner after Welcome has not held. */
const SHORT_MS = 5_000;
const FAILED = { times: 3, within_ms: 60_000 } as const;
const DROPPED = { times: 3, within_ms: 120_000 } as const;
const PROBE_MS = 30_000;
const PROBE_SOON_MS = 5_000;
const MOST_DOUBLINGS = 3;

/** Which line the page uses next, and what it has seen of sockets here. */
export interface Policy {
  kind: LineKind;
  /** When sockets did not open, or did not hold; one that hung twice. */
  failed: readonly number[];
  /** When sockets broke after Welcome. */
  dropped: readonly number[];
  /** How often in a row the page went back to a socket that did not last. */
  returns: number;
  /** Whether requests failed as well, so that sockets may not be to blame. */
  outage: boolean;
}

/** A line ended, `lasted_ms` after its Welcome, null when there was none. */
export interface Lost {
  what: "lost";
  kind: LineKind;
  code: number;
  /** It neither opened nor failed for long: what swallows one socket swallows the next, and each costs that time. */
  hung: boolean;
  lasted_ms: number | null;
  at_ms: number;
}

export type LineNews =
  | Lost
  /** While on POST, a socket was tried and got its Welcome. */
  | { what: "returned" }
  /** While on POST, a socket was tried in vain. */
  | { what: "probed" };

/** The policy of a page that begins with this kind of line. */
export function openPolicy(kind: LineKind = "socket"): Policy {
  return { kind, failed: [], dropped: [], returns: 0, outage: false };
}

/**
 * The policy after the news. To POST when sockets fail or break again and again; back to sockets when one that was tried
 * beside it gets its Welcome, and when POST does not get through either.
 */
export function decide(policy: Policy, news: LineNews): Policy {
  switch (news.what) {
    case "returned":
      return { ...policy, kind: "socket", failed: [], returns: policy.returns + 1, outage: false };
    case "probed":
      return { ...policy, outage: false };
    case "lost":
      // What the server says on closing, it says over a line that works.
      if (news.code >= 4000) return policy;
      return news.kind === "post" ? lostPost(policy, news) : lostSocket(policy, news);
  }
}

function lostPost(policy: Policy, { lasted_ms }: Lost): Policy {
  if (lasted_ms !== null) return policy;
  return { ...policy, kind: "socket", failed: [], outage: true };
}

function lostSocket(policy: Policy, { lasted_ms, hung, at_ms }: Lost): Policy {
  const held = lasted_ms !== null && lasted_ms >= SHORT_MS;
  const failures = hung ? [at_ms, at_ms] : [at_ms];
  const failed = held ? policy.failed : recent([...policy.failed, ...failures], at_ms, FAILED.within_ms);
  const dropped =
    lasted_ms === null ? policy.dropped : recent([...policy.dropped, at_ms], at_ms, DROPPED.within_ms);
  const bad = failed.length >= FAILED.times || dropped.length >= DROPPED.times;
  const returns = lasted_ms !== null && lasted_ms >= DROPPED.within_ms ? 0 : policy.returns;
  return { ...policy, kind: bad ? "post" : "socket", failed, dropped, returns };
}

function recent(times: readonly number[], now_ms: number, within_ms: number): number[] {
  return times.filter((time) => now_ms - time < within_ms);
}

/**
 * How long to stay on POST before a socket is tried again: 30 to 60 s, longer each time that going back did not last,
 * and soon after an outage, when sockets may work as before. `chance` is from 0 to 1.
 */
export function probeAfter(policy: Policy, chance: number): number {
  const span = policy.outage ? PROBE_SOON_MS : PROBE_MS * 2 ** Math.min(policy.returns, MOST_DOUBLINGS);
  return Math.round(span * (1 + chance));
}
