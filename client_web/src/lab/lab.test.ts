import { describe, expect, test } from "vitest";
import type { JournalProof, RehearsalLogin } from "../protocol/messages";
import { judge, lineOf, type Measured, type Row, TO_TYPE, verdictOf } from "./check/judge";
import { browserOf } from "./check/pc";
import { Candidate } from "./room/candidate";
import { Door } from "./room/door";
import { measure } from "./room/play";
import { proves } from "./room/proof";
import { percentile } from "./stats";
import { isLabText } from "./texts";

const exchange = (rtt_ms: number) => ({ rtt_ms, offset_ms: 1_000 });

const GOOD: Measured = {
  http: [exchange(3), exchange(9), exchange(4)],
  socket: [exchange(2), exchange(2), exchange(5)],
  wall_ms: 1_200,
  kept: { works: true, before_ms: null, quota: 2 ** 34 },
  width: 1366,
  height: 657,
  scale: 1,
  browser: { name: "Chrome", version: 120 },
  math: true,
  fonts: true,
  memory_gib: 8,
  typed: TO_TYPE,
};

const NOTHING_KEPT = { works: false, before_ms: null, quota: null };

/** What may come of each thing, and what comes of it in the whole. */
const CASES: readonly [Partial<Measured>, Row["check"], Row["level"], string][] = [
  [{ http: [exchange(500)] }, "server", "caution", "slow"],
  [{ http: [exchange(2_000)] }, "server", "fail", "bad"],
  [{ http: [] }, "server", "fail", "away"],
  [{ http: [] }, "clock", "wait", "unknown"],
  [{ socket: [] }, "socket", "caution", "backup"],
  [{ socket: [], http: [] }, "socket", "fail", "away"],
  [{ socket: [exchange(900)] }, "socket", "caution", "slow"],
  [{ wall_ms: 61_000 }, "clock", "ok", "off"],
  [{ wall_ms: 10 ** 9 }, "clock", "caution", "wrong"],
  [{ kept: NOTHING_KEPT }, "storage", "fail", "none"],
  [{ kept: { works: true, before_ms: 5, quota: null } }, "storage", "ok", "kept"],
  [{ kept: { works: true, before_ms: null, quota: 2 ** 28 } }, "storage", "caution", "private"],
  [{ width: 800 }, "screen", "caution", "small"],
  [{ browser: { name: "Chrome", version: 108 } }, "browser", "fail", "old"],
  [{ browser: { name: "?", version: 0 } }, "browser", "caution", "unknown"],
  [{ math: false }, "math", "caution", "bad"],
  [{ fonts: false }, "fonts", "caution", "bad"],
  [{ typed: "" }, "keyboard", "wait", "try"],
  [{ typed: "−3.5" }, "keyboard", "wait", "other"],
  [{ memory_gib: 1 }, "memory", "caution", "small"],
  [{ memory_gib: null }, "memory", "wait", "unknown"],
];

describe("the check of a PC", () => {
  test("a good PC is ready", () => {
    const rows = judge(GOOD);
    expect(rows.map(({ level }) => level)).toEqual(rows.map(() => "ok"));
    expect(verdictOf(rows)).toBe("ok");
    expect(lineOf(GOOD)).toBe("H9 W5 C0 D1 S1366x657 B120 M1 F1 K1");
  });

  test.each(CASES)("%o: %s is %s, %s", (change, check, level, says) => {
    const rows = judge({ ...GOOD, ...change });
    const row = rows.find((one) => one.check === check);
    expect([row?.level, row?.says]).toEqual([level, says]);
    expect(isLabText(`pc_${check}_${says}`)).toBe(true);
    if (level === "fail") expect(verdictOf(rows)).toBe("fail");
  });

  test("what was not tried spoils nothing", () => {
    expect(verdictOf(judge({ ...GOOD, typed: "", memory_gib: null }))).toBe("ok");
  });

  test("every row has a name and its words", () => {
    const missing = judge(GOOD).flatMap(({ check, says }) =>
      [`pc_${check}`, `pc_${check}_${says}`].filter((key) => !isLabText(key)),
    );
    expect(missing).toEqual([]);
  });

  test("browsers are told apart", () => {
    const chromium = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36";
    expect(browserOf(chromium)).toEqual({ name: "Chrome", version: 120 });
    expect(browserOf(`${chromium} Edg/119.0`)).toEqual({ name: "Edge", version: 119 });
    expect(browserOf("Mozilla/5.0 Gecko/20100101 Firefox/121.0")).toEqual({ name: "Firefox", version: 121 });
    expect(browserOf("Version/17.1 Safari/605")).toEqual({ name: "Safari", version: 17 });
    expect(browserOf("curl")).toEqual({ name: "?", version: 0 });
  });
});

describe("the proof", () => {
  // From the server's own core.chain.
  const DIGEST = "cc2fbff3eb85b50807f58d3255b830c55006d8367fa3994bf8277d3b8e26e1f9";
  const PROOF: JournalProof = {
    sitting: 7,
    seed: "4611686018427387905",
    events: [
      { seq: 1, fence: 3, received_us: 1_790_000_000_000_001 },
      { seq: 2, fence: 3, received_us: 1_790_000_000_999_999 },
    ],
  };
  const KEPT = new Map([
    [1, '{"type":"answer","item":3,"response":"Đúng"}'],
    [2, '{"type":"submit"}'],
  ]);

  test("the very bytes, all of them and no other", () => {
    expect(proves(PROOF, KEPT, DIGEST)).toBe(true);
    expect(proves(PROOF, new Map([...KEPT, [2, '{"type":"submit" }']]), DIGEST)).toBe(false);
    expect(proves(PROOF, new Map([...KEPT, [3, "{}"]]), DIGEST)).toBe(false);
    expect(proves(PROOF, new Map([...KEPT].slice(0, 1)), DIGEST)).toBe(false);
    expect(proves({ ...PROOF, sitting: 8 }, KEPT, DIGEST)).toBe(false);
  });
});

describe("what is measured of a room", () => {
  const LOGIN: RehearsalLogin = { sitting: 1, number: "THU-1-001", pin: "000000" };
  const candidate = () => new Candidate(LOGIN, new Door(), () => undefined);

  test("who never came counts as the slowest", () => {
    const found = measure([candidate()], 0, 60_000, 0);
    expect([found.logged_in, found.started, found.reconnected, found.proved]).toEqual([0, 0, 0, 0]);
    expect([found.bell_ms, found.reconnect_ms, found.ack_p99_ms]).toEqual([30_000, 30_000, 30_000]);
  });

  test("what waited for the cut line is no measure of the server", () => {
    const one = candidate();
    one.started_ms = 150;
    one.away_ms = 2_000;
    one.latencies.push(
      { due_ms: 1_000, taken_ms: 20 },
      { due_ms: 59_990, taken_ms: 1_500 },
      { due_ms: 61_000, taken_ms: 900 },
      { due_ms: 70_000, taken_ms: 30 },
    );
    const found = measure([one], 100, 60_000, 1);
    expect([found.bell_ms, found.reconnect_ms, found.ack_p99_ms, found.acknowledged]).toEqual([
      50, 2_000, 30, 4,
    ]);
  });
});

test("percentiles", () => {
  expect(percentile([], 0.5)).toBeNull();
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([3, 1, 2], 0.99)).toBe(3);
});
