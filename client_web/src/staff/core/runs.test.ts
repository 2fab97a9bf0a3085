// @vitest-environment node
import { expect, test } from "vitest";
import { runOf, sessionOf } from "./measurement_samples";
import { countingRun, hasResults, isActive, shownRun, signObstacle } from "./runs";

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

test("who started a run is told why another must sign it", () => {
  const mine = runOf({ state: "done", requested_by: "Nguyễn Thu Hương", may_sign: false });
  expect(signObstacle(mine, sessionOf())).toBe("own");
  expect(signObstacle(mine, sessionOf({ name: "Vũ Đức Long", username: "board2" }))).toBe("other");
  expect(signObstacle({ ...mine, may_sign: true }, sessionOf({ username: "board2" }))).toBeNull();
  expect(signObstacle(failed, sessionOf())).toBe("state");
});
