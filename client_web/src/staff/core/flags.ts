import type { ItemStatistics } from "../../protocol/messages";

/** A remark on an item in plain language: catalogue key `flag_<code>` with parameters. */
export interface ItemFlag {
  code: FlagCode;
  attention: boolean;
  params: Record<string, string | number>;
}

export type FlagCode =
  | "too_few"
  | "key_beaten"
  | "reversed"
  | "weak"
  | "too_hard"
  | "too_easy"
  | "many_empty"
  | "unused_option";

/** Below this many scripts nothing is said about an item; below `FIRM` only with reserve. */
export const FEWEST = 10;
export const FIRM = 30;
const HARD = 0.3;
const EASY = 0.9;
const WEAK = 0.2;
const EMPTY = 0.2;
const Z = 1.96;

/** The 95 % interval of a correlation by Fisher's z (1921), null where it is not defined. */
export function correlationInterval(r: number | null, n: number): { low: number; high: number } | null {
  if (r === null || n < 4 || Math.abs(r) >= 1) return null;
  const half = Z / Math.sqrt(n - 3);
  return { low: Math.tanh(Math.atanh(r) - half), high: Math.tanh(Math.atanh(r) + half) };
}

/** What the data supports saying about an item, the gravest first. */
export function flagsOf(item: ItemStatistics): ItemFlag[] {
  if (item.n < FEWEST) return [{ code: "too_few", attention: false, params: { n: item.n } }];
  return [beaten(item), discriminationFlag(item), difficultyFlag(item), empty(item), unused(item)].filter(
    (flag) => flag !== null,
  );
}

/** A wrong option chosen more often than the key, beyond chance (sign test on the two counts). */
function beaten(item: ItemStatistics): ItemFlag | null {
  if (item.kind !== "single_choice") return null;
  const key = item.counts.find((count) => count.right);
  const wrong = item.counts.filter((count) => !count.right && count.label !== "");
  const top = wrong.sort((a, b) => b.count - a.count)[0];
  if (key === undefined || top === undefined) return null;
  const surplus = (top.count - key.count) / Math.sqrt(Math.max(1, top.count + key.count));
  if (surplus <= Z) return null;
  return {
    code: "key_beaten",
    attention: true,
    params: { option: top.label, key: key.label, count: top.count, key_count: key.count },
  };
}

function discriminationFlag(item: ItemStatistics): ItemFlag | null {
  const interval = correlationInterval(item.discrimination, item.n);
  if (interval === null) return null;
  if (interval.high < 0) return { code: "reversed", attention: true, params: {} };
  return interval.high < WEAK ? { code: "weak", attention: true, params: {} } : null;
}

function difficultyFlag(item: ItemStatistics): ItemFlag | null {
  if (item.high !== null && item.high < HARD) return { code: "too_hard", attention: true, params: {} };
  if (item.low !== null && item.low > EASY) return { code: "too_easy", attention: false, params: {} };
  return null;
}

function empty(item: ItemStatistics): ItemFlag | null {
  const count = item.counts.find((entry) => entry.label === "")?.count ?? 0;
  return count / item.n > EMPTY
    ? { code: "many_empty", attention: false, params: { count, n: item.n } }
    : null;
}

function unused(item: ItemStatistics): ItemFlag | null {
  if (item.kind !== "single_choice" || item.n < FIRM) return null;
  const unchosen = item.counts.filter((entry) => entry.label !== "" && !entry.right && entry.count === 0);
  if (unchosen.length === 0) return null;
  return {
    code: "unused_option",
    attention: false,
    params: { options: unchosen.map((entry) => entry.label).join(", ") },
  };
}

/** Cronbach's alpha in words: the catalogue key. The bounds are those of Nunnally (1978) for tests about persons. */
export function reliabilityKey(alpha: number | null): string {
  if (alpha === null) return "reliability_none";
  if (alpha >= 0.9) return "reliability_high";
  if (alpha >= 0.8) return "reliability_good";
  return alpha >= 0.7 ? "reliability_fair" : "reliability_low";
}
