// @vitest-environment node
import { expect, test } from "vitest";
import { columnsOf, filteredLines, flagCounts, groupsOf, sortedLines } from "./item_columns";
import { itemLineOf } from "./measurement_samples";

const flag = { code: "key_suspect", attention: true, message: "Xem lại đáp án" };
const mild = { code: "easy", attention: false, message: "Dễ" };
const lines = [
  itemLineOf({ item: 1, number: 1, part: "I", difficulty: 0.9, a: 1.2, dif: "A", flags: [mild] }),
  itemLineOf({ item: 2, number: 2, part: "I", difficulty: null, a: null, dif: null }),
  itemLineOf({ item: 3, number: 1, part: "II", difficulty: 0.2, a: 0.4, dif: "C", flags: [flag, mild] }),
];
const ids = (found: readonly { item: number }[]) => found.map((line) => line.item);

test("items are ordered by any figure, missing ones last both ways", () => {
  expect(ids(sortedLines(lines, { column: "difficulty", descending: false }))).toEqual([3, 1, 2]);
  expect(ids(sortedLines(lines, { column: "difficulty", descending: true }))).toEqual([1, 3, 2]);
  expect(ids(sortedLines(lines, { column: "dif", descending: true }))).toEqual([3, 1, 2]);
});

test("by remarks, those to look at come first and the rest stay as on the paper", () => {
  expect(ids(sortedLines(lines, { column: "flags", descending: false }))).toEqual([3, 1, 2]);
});

test("part and remark narrow together", () => {
  expect(ids(filteredLines(lines, { part: "I", flag: "" }))).toEqual([1, 2]);
  expect(ids(filteredLines(lines, { part: "", flag: "attention" }))).toEqual([3]);
  expect(ids(filteredLines(lines, { part: "I", flag: "easy" }))).toEqual([1]);
});

test("a column or a group without a figure is not offered", () => {
  expect(columnsOf("model", lines)).not.toContain("c");
  const classical = [itemLineOf({ a: null, b: null, c: null, fit_p: null, rmsea: null, infit: null })];
  expect(groupsOf(classical.map((line) => ({ ...line, outfit: null })))).not.toContain("model");
});

test("remarks are counted by item", () => {
  expect(flagCounts(lines)).toEqual([
    { code: "easy", count: 2 },
    { code: "key_suspect", count: 1 },
  ]);
});
