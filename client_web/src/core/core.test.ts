import { describe, expect, it } from "vitest";
import type { Form } from "../protocol/messages";
import { backoff, type Loss, pauseAfter, pauseInQueue } from "./backoff";
import { bestSample, heard, NO_CLOCK, ponged, remaining, serverTime } from "./clock";
import { passedMark, urgency } from "./countdown";
import { commandOf, type KeyPress } from "./keyboard";
import { applyOrder, locate } from "./order";
import { NOTHING_HELD } from "./outbox";
import { progressOf } from "./progress";

describe("clock", () => {
  it("trusts the quickest exchange", () => {
    // The server is 1,000 ms ahead; the slow answer came back late and would say 1,000 − 240.
    let clock = ponged(NO_CLOCK, 0, 1_010, 500);
    clock = ponged(clock, 1_000, 2_010, 1_020);
    clock = ponged(clock, 2_000, 3_300, 2_600);
    expect(bestSample(clock)?.rtt_ms).toBe(20);
    expect(serverTime(clock, 5_000)).toBe(6_000);
  });

  it("is rough before the first exchange", () => {
    expect(serverTime(heard(NO_CLOCK, 9_000, 1_000), 1_500)).toBe(9_500);
  });

  it("forgets exchanges of long ago: clocks drift", () => {
    const clock = ponged(ponged(NO_CLOCK, 0, 1_000, 10), 3_600_000, 3_600_900, 3_600_200);
    expect(bestSample(clock)?.rtt_ms).toBe(200);
  });

  it("believes the latest exchange after the PC slept", () => {
    const clock = ponged(ponged(NO_CLOCK, 0, 1_000, 10), 5_000, 65_000, 5_080);
    expect(serverTime(clock, 6_000)).toBe(6_000 + 65_000 - 5_040);
  });

  it("counts down to the deadline and stands still while paused", () => {
    const timing = {
      now_ms: 0,
      opens_ms: 0,
      limit_ms: 9,
      started_ms: 0,
      deadline_ms: 5_000,
      remaining_ms: null,
    };
    expect(remaining(timing, 3_000)).toBe(2_000);
    expect(remaining(timing, 9_000)).toBe(0);
    expect(remaining({ ...timing, deadline_ms: null, remaining_ms: 700 }, 9_000)).toBe(700);
    expect(remaining({ ...timing, deadline_ms: null }, 9_000)).toBeNull();
  });
});

describe("countdown", () => {
  it.each([
    [300_001, "calm"],
    [300_000, "amber"],
    [60_000, "red"],
    [0, "over"],
  ] as const)("%i ms is %s", (ms, tone) => expect(urgency(ms)).toBe(tone));

  it("says each mark once, and the nearest when it slept over some", () => {
    expect(passedMark(301_000, 300_000)).toBe(5);
    expect(passedMark(300_000, 299_000)).toBeNull();
    expect(passedMark(2_000_000, 50_000)).toBe(1);
    expect(passedMark(50_000, 400_000)).toBeNull();
  });
});

describe("backoff", () => {
  it("grows to its cap and is spread over the whole span", () => {
    expect(backoff(1, 1)).toBe(1_000);
    expect(backoff(50, 1)).toBe(15_000);
    expect(backoff(50, 0)).toBe(0);
  });
});

describe("the pause before connecting again", () => {
  const loss = (over: Partial<Loss>): Loss => ({
    failures: 1,
    faults: 0,
    retry_ms: null,
    reconnect_ms: 3_000,
    ...over,
  });

  it.each([
    ["what the server asked", { retry_ms: 40_000, failures: 9 }, 40_000],
    ["its usual span the first time", {}, 3_000],
    ["never less than that", { failures: 2 }, 3_000],
    ["a growing span after that", { failures: 3 }, 4_000],
    ["a span with an end", { failures: 30 }, 15_000],
    ["the usual span, though it is longer than that end", { failures: 30, reconnect_ms: 60_000 }, 60_000],
    ["a growing span where the page itself is at fault", { faults: 3 }, 8_000],
  ] as const)("is anywhere within %s", (_, over, span) => {
    expect(pauseAfter(loss(over), 0)).toBe(0);
    expect(pauseAfter(loss(over), 0.25)).toBe(span / 4);
    expect(pauseAfter(loss(over), 1)).toBe(span);
  });
});

it("comes again to the login when it was told to, and not in step with others", () => {
  expect([0, 1].map((chance) => pauseInQueue(20, chance))).toEqual([20_000, 25_000]);
  expect([0, 1].map((chance) => pauseInQueue(1, chance))).toEqual([1_000, 2_000]);
});

describe("keyboard", () => {
  const press = (code: string, over: Partial<KeyPress> = {}): KeyPress => ({
    code,
    key: code,
    modified: false,
    target: "other",
    ...over,
  });

  it.each([
    ["ArrowLeft", { do: "previous" }],
    ["ArrowRight", { do: "next" }],
    ["Enter", { do: "next" }],
    ["KeyF", { do: "flag" }],
    ["KeyA", { do: "choose", place: 0 }],
    ["KeyD", { do: "choose", place: 3 }],
    ["Digit2", { do: "choose", place: 1 }],
    ["Numpad4", { do: "choose", place: 3 }],
    ["Delete", { do: "clear" }],
    ["KeyE", null],
    ["ArrowUp", null],
  ] as const)("%s", (code, command) => expect(commandOf(press(code), true)).toEqual(command));

  it("leaves the browser's own keys alone", () => {
    expect(commandOf(press("KeyF", { modified: true }), true)).toBeNull();
    expect(commandOf(press("Enter", { target: "button" }), true)).toBeNull();
  });

  it("lets a text field have its arrows and digits, and still flags and goes on from it", () => {
    for (const code of ["ArrowLeft", "ArrowRight", "Digit1", "Backspace"]) {
      expect(commandOf(press(code, { target: "text" }), true)).toBeNull();
    }
    expect(commandOf(press("KeyF", { target: "text" }), true)).toEqual({ do: "flag" });
    expect(commandOf(press("Enter", { target: "text" }), true)).toEqual({ do: "next" });
  });

  it("keeps arrows and Enter where one-letter keys are turned off", () => {
    expect(commandOf(press("KeyA"), false)).toBeNull();
    expect(commandOf(press("Slash", { key: "?" }), false)).toBeNull();
    expect(commandOf(press("ArrowRight"), false)).toEqual({ do: "next" });
  });
});

const item = (id: number) => ({
  id,
  content: { kind: "short_answer" as const, stem: [] },
  points: "0.50",
  passage: null,
});
const FORM: Form = {
  id: 1,
  title: "",
  subject: "",
  minutes: 45,
  parts: [
    { label: "PHẦN I", instruction: "", items: [item(1), item(2), item(3)] },
    { label: "PHẦN II", instruction: "", items: [item(4)] },
  ],
  passages: [],
  assets: [],
};

describe("order", () => {
  const entry = (id: number, choices: string[] = []) => ({ item: id, choices });

  it("numbers within parts, in this candidate's order", () => {
    const parts = applyOrder(FORM, { parts: [[entry(3), entry(1, ["B", "A"]), entry(2)], [entry(4)]] });
    expect(parts.map((part) => part.questions.map((q) => [q.item.id, q.number, q.place]))).toEqual([
      [
        [3, 1, 0],
        [1, 2, 1],
        [2, 3, 2],
      ],
      [[4, 1, 3]],
    ]);
    expect(parts[0]?.questions[1]?.choices).toEqual(["B", "A"]);
  });

  it("tells where an item is", () => {
    const order = { parts: [[entry(3), entry(1)], [entry(4)]] };
    expect([1, 4, 9].map((id) => locate(order, id))).toEqual([
      { part: 1, number: 2 },
      { part: 2, number: 1 },
      null,
    ]);
  });

  it("never loses an item", () => {
    const parts = applyOrder(FORM, { parts: [[entry(2), entry(99), entry(2)]] });
    expect(parts.flatMap((part) => part.questions.map((q) => q.item.id))).toEqual([2, 1, 3, 4]);
    expect(applyOrder(FORM, null).flatMap((part) => part.questions)).toHaveLength(4);
  });
});

describe("progress", () => {
  it("counts what is answered, and of that what is saved", () => {
    const parts = applyOrder(FORM, null);
    const progress = progressOf(
      parts,
      {
        ...NOTHING_HELD,
        acked: 3,
        saved: [
          { item: 1, response: "1", flagged: false },
          { item: 2, response: "-", flagged: true },
        ],
        pending: [
          { type: "answer", seq: 4, item: 3, response: "5", at_ms: 0 },
          { type: "visit", seq: 5, item: 4, at_ms: 0 },
        ],
      },
      (_content, response) => response !== null && response !== "-",
    );
    expect(progress).toMatchObject({ answered: 2, saved: 1, waiting: 1 });
    expect(progress.states[1]).toMatchObject({ answered: false, response: "-", flagged: true });
  });
});
