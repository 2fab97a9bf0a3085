import { expect, test } from "vitest";
import { filtered, isNarrowed, matching, NO_FILTER, reviewOrder, standings } from "./review";
import { importItemOf, itemRowOf, seatOf } from "./samples";

const items = [
  importItemOf({ number: 1 }),
  importItemOf({ number: 2, warnings: ["unreadable_formula"] }),
  importItemOf({ number: 3, key: null, warnings: ["two_keys"] }),
  importItemOf({ number: 4 }),
];

test("what can't be scored comes first, then what is doubtful, each in the file's order", () => {
  expect(reviewOrder(items).map((item) => item.number)).toEqual([3, 2, 1, 4]);
  expect(standings(items)).toEqual({ no_key: 1, doubtful: 1, clean: 2 });
});

test("filters narrow together; an item without a key counts as doubtful", () => {
  const rows = [
    itemRowOf({ id: 1 }),
    itemRowOf({ id: 2, part: "II", kind: "true_false" }),
    itemRowOf({ id: 3, has_key: false }),
    itemRowOf({ id: 4, part: null, level: null }),
  ];
  const ids = (filter: Partial<typeof NO_FILTER>) =>
    filtered(rows, { ...NO_FILTER, ...filter }).map((row) => row.id);
  expect(ids({})).toEqual([1, 2, 3, 4]);
  expect(ids({ part: "I" })).toEqual([1, 3]);
  expect(ids({ part: "I", doubtful: true })).toEqual([3]);
  expect(ids({ kind: "true_false", level: "TH" })).toEqual([]);
});

test("a filter knows whether it narrows", () => {
  expect(isNarrowed(NO_FILTER)).toBe(false);
  expect(isNarrowed({ ...NO_FILTER, doubtful: true })).toBe(true);
});

test("candidates are found by number, name or class", () => {
  const rows = [
    { ...seatOf({ number: "0101" }), class_name: "12A1" },
    { ...seatOf({ number: "0102", name: "Đỗ Thị Hà" }), class_name: null },
  ];
  expect(matching(rows, "do thi").map((row) => row.number)).toEqual(["0102"]);
  expect(matching(rows, "12a1").map((row) => row.number)).toEqual(["0101"]);
  expect(matching(rows, " ")).toHaveLength(2);
});
