import { expect, test } from "vitest";
import { problemOf, problemsOf } from "./problems";
import { seatOf } from "./samples";

const now_ms = Date.parse("2026-11-22T01:00:00Z");
const room = { now_ms, begun: true };
const seenAgo = (seconds: number) => new Date(now_ms - seconds * 1_000).toISOString();

test("a connected candidate at work is no problem", () => {
  expect(problemOf(seatOf(), room)).toBeNull();
});

test("a lost line is urgent only after half a minute, and no problem while it may be a blink", () => {
  const lost = (seconds: number) => problemOf(seatOf({ connected: false, seen_at: seenAgo(seconds) }), room);
  expect(lost(4)).toBeNull();
  expect(lost(10)).toMatchObject({ code: "line_lost", urgent: false, since_ms: 10_000 });
  expect(lost(30)).toMatchObject({ code: "line_lost", urgent: true });
});

test("whoever has handed in may go", () => {
  expect(problemOf(seatOf({ state: "submitted", connected: false, seen_at: seenAgo(600) }), room)).toBeNull();
});

test("a candidate at the door asks to be let in, before and after the bell", () => {
  const seat = seatOf({ state: "registered" });
  expect(problemOf(seat, room)?.actions).toEqual(["admit"]);
  expect(problemOf(seat, { now_ms, begun: false })?.code).toBe("asks_in");
});

test("absence counts only after the bell", () => {
  const absent = seatOf({ state: "registered", connected: false, seen_at: null });
  expect(problemOf(absent, room)?.code).toBe("late");
  expect(problemOf(absent, { now_ms, begun: false })).toBeNull();
});

test("the paper must have arrived before the bell", () => {
  const seat = seatOf({ state: "waiting", received_form: false });
  expect(problemOf(seat, { now_ms, begun: false })?.code).toBe("no_form");
});

test("urgent problems come first, then the longest silence", () => {
  const found = problemsOf(
    [
      seatOf({ sitting: 1, incidents: 1 }),
      seatOf({ sitting: 2, connected: false, seen_at: seenAgo(10) }),
      seatOf({ sitting: 3, connected: false, seen_at: seenAgo(40) }),
      seatOf({ sitting: 4, connected: false, seen_at: seenAgo(90) }),
      seatOf({ sitting: 5 }),
      seatOf({ sitting: 6, unsaved: 9 }),
    ],
    room,
  );
  expect(found.map((problem) => problem.sitting)).toEqual([4, 3, 2, 6, 1]);
});
