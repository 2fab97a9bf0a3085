// @vitest-environment node
import { expect, test } from "vitest";
import { runOf, sessionOf } from "./measurement_samples";
import {
  countingRun,
  hasResults,
  isActive,
  isOutdated,
  settingsToBegin,
  shownRun,
  signObstacle,
  takesEffect,
} from "./runs";

const signed = runOf({ id: 1, state: "signed" });
const done = runOf({ id: 2, number: 2, state: "done" });
const failed = runOf({ id: 3, number: 3, state: "failed" });

test("the signed run counts, whatever was computed since", () => {
  expect(countingRun([failed, done, signed])).toBe(signed);
  expect(shownRun([failed, done, signed], undefined)).toBe(signed);
});

test("without a signed run the newest computed one is shown", () => {
  expect(shownRun([failed, done, runOf({ id: 4, state: "done" })], undefined)).toBe(done);
  expect(shownRun([failed], undefined)).toBeUndefined();
});

test("a run is shown when asked for, but not one without results", () => {
  expect(shownRun([done, signed], 2)).toBe(done);
  expect(shownRun([failed, signed], 3)).toBeUndefined();
});

test("only queued and running runs are asked about again", () => {
  expect(["queued", "running"].map((state) => isActive(runOf({ state: state as "queued" })))).toEqual([
    true,
    true,
  ]);
  expect([done, signed, failed].some(isActive)).toBe(false);
  expect(hasResults(failed)).toBe(false);
});

const board = { exam: "", release: "at_once" as const, unfinished: 0, linkable: [] };

test("scoring again begins with what was asked last", () => {
  expect(settingsToBegin({ ...board, runs: [] })).toEqual({
    model: "auto",
    void_rule: "full_points",
    link_to: null,
  });
  const last = runOf({ model: "rasch", void_rule: "leave_out", link_to: 8, link_exam: "Năm trước" });
  const linkable = [
    { id: 9, exam: "Năm trước", shared: 3 },
    { id: 7, exam: "Khác", shared: 5 },
  ];
  const begin = settingsToBegin({ ...board, linkable, runs: [last, signed] });
  expect(begin).toEqual({ model: "rasch", void_rule: "leave_out", link_to: 9 });
  expect(settingsToBegin({ ...board, linkable, runs: [{ ...last, link_to: 7 }] }).link_to).toBe(7);
  expect(settingsToBegin({ ...board, runs: [last] }).link_to).toBeNull();
});

test("corrections and sanctions count at once where scores are shown and none is signed", () => {
  expect(takesEffect({ ...board, runs: [done] })).toBe("now");
  expect(takesEffect({ ...board, runs: [done, signed] })).toBe("run");
  expect(takesEffect({ ...board, release: "signed", runs: [] })).toBe("run");
});

test("a computed run is outdated once a later one is signed", () => {
  expect([done, signed, runOf({ later_signed: 3 })].map(isOutdated)).toEqual([false, false, true]);
});

test("who started a run is told why another must sign it", () => {
  const mine = runOf({ state: "done", requested_by: "Nguyễn Thu Hương", may_sign: false });
  expect(signObstacle(mine, sessionOf())).toBe("own");
  expect(signObstacle(mine, sessionOf({ name: "Vũ Đức Long", username: "board2" }))).toBe("other");
  expect(signObstacle({ ...mine, may_sign: true }, sessionOf({ username: "board2" }))).toBeNull();
  expect(signObstacle(failed, sessionOf())).toBe("state");
});
