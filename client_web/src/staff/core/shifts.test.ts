import { expect, test } from "vitest";
import type { ShiftRow } from "../../protocol/messages";
import { byPhase, countdownOf, phaseOf } from "./shifts";

const now_ms = Date.parse("2026-11-22T02:00:00Z");

function shiftOf(changes: Partial<ShiftRow>): ShiftRow {
  return {
    id: 1,
    exam_id: 1,
    exam: "",
    subject: "",
    name: "",
    room: "",
    opens_at: "2026-11-22T01:00:00Z",
    closes_at: "2026-11-22T03:00:00Z",
    started_at: "2026-11-22T01:00:00Z",
    minutes: 90,
    candidates: 2,
    states: { running: 2 },
    ...changes,
  };
}

test("a shift is over at its closing time, or when every script is in", () => {
  expect(phaseOf(shiftOf({}), now_ms)).toBe("running");
  expect(phaseOf(shiftOf({ started_at: null }), now_ms)).toBe("soon");
  expect(phaseOf(shiftOf({ closes_at: "2026-11-22T02:00:00Z" }), now_ms)).toBe("over");
  expect(phaseOf(shiftOf({ states: { submitted: 1, voided: 1 } }), now_ms)).toBe("over");
  expect(phaseOf(shiftOf({ candidates: 0, states: {} }), now_ms)).toBe("running");
});

test("running first, then the next to come, then the latest over", () => {
  const over = { closes_at: "2026-11-22T01:59:00Z" };
  const shifts = [
    shiftOf({ id: 1, ...over, opens_at: "2026-11-20T01:00:00Z" }),
    shiftOf({ id: 2, ...over, opens_at: "2026-11-21T01:00:00Z" }),
    shiftOf({ id: 3, started_at: null, opens_at: "2026-11-22T05:00:00Z" }),
    shiftOf({ id: 4, started_at: null, opens_at: "2026-11-22T04:00:00Z" }),
    shiftOf({ id: 5 }),
  ];
  expect(byPhase(shifts, now_ms).map((shift) => shift.id)).toEqual([5, 4, 3, 2, 1]);
});

test("the clock counts to the bell, the end, the closing, and then to nothing", () => {
  const at = (time: string) => Date.parse(`2026-11-22T${time}Z`);
  const waiting = shiftOf({ started_at: null });
  expect(countdownOf(waiting, at("00:59:00"))).toEqual({ to: "bell", ms: 60_000 });
  expect(countdownOf(waiting, at("01:00:05"))).toEqual({ to: "bell", ms: 0 });
  const begun = shiftOf({ minutes: 90 });
  expect(countdownOf(begun, at("02:29:00"))).toEqual({ to: "end", ms: 60_000 });
  expect(countdownOf(begun, at("02:31:00"))).toEqual({ to: "close", ms: 29 * 60_000 });
  expect(countdownOf(begun, at("03:00:00"))).toEqual({ to: "nothing", ms: 0 });
});
