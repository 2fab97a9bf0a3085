import { expect, test } from "vitest";
import { NOBODY, only, reach, stepTo, toggle } from "./selection";

const shown = [11, 12, 13, 14, 15];

test("a click chooses, a second one takes it back", () => {
  const once = toggle(NOBODY, 12);
  expect([...once.chosen]).toEqual([12]);
  expect([...toggle(once, 12).chosen]).toEqual([]);
});

test("a shift-click reaches from the last click in either direction and keeps what was chosen", () => {
  expect([...reach(toggle(NOBODY, 12), 14, shown).chosen].sort()).toEqual([12, 13, 14]);
  expect([...reach(toggle(NOBODY, 14), 12, shown).chosen].sort()).toEqual([12, 13, 14]);
  const [first, second] = [toggle(toggle(NOBODY, 11), 13), 15];
  expect([...reach(first, second, shown).chosen].sort()).toEqual([11, 13, 14, 15]);
});

test("a shift-click without an anchor chooses the one seat", () => {
  expect([...reach(NOBODY, 13, shown).chosen]).toEqual([13]);
});

test("only these and no others", () => {
  expect([...only([13, 14]).chosen]).toEqual([13, 14]);
});

test("arrows move in the grid and stop at its edge", () => {
  expect(stepTo("ArrowDown", 1, 6, 24)).toBe(7);
  expect(stepTo("ArrowUp", 1, 6, 24)).toBe(1);
  expect(stepTo("ArrowRight", 23, 6, 24)).toBe(23);
  expect(stepTo("End", 3, 6, 24)).toBe(23);
  expect(stepTo("Enter", 3, 6, 24)).toBeNull();
});
