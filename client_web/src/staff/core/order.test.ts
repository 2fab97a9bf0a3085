import { expect, test } from "vitest";
import { ordered, turned } from "./order";

const rows = [
  { name: "a", score: 5 },
  { name: "b", score: null },
  { name: "c", score: 9 },
  { name: "d", score: 5 },
];
const byScore = (a: (typeof rows)[number], b: (typeof rows)[number]) => (a.score ?? 0) - (b.score ?? 0);

test("missing values stay last in both directions, equal rows keep their places", () => {
  const names = (descending: boolean) =>
    ordered(rows, (row) => row.score, descending, byScore).map((row) => row.name);
  expect(names(false)).toEqual(["a", "d", "c", "b"]);
  expect(names(true)).toEqual(["c", "a", "d", "b"]);
});

test("ordering leaves the rows given untouched", () => {
  const before = [...rows];
  ordered(rows, (row) => row.score, true, byScore);
  expect(rows).toEqual(before);
});

test("the same column turns round, another starts ascending", () => {
  expect(turned({ column: "name", descending: false }, "name")).toEqual({ column: "name", descending: true });
  expect(turned({ column: "name", descending: true }, "score")).toEqual({
    column: "score",
    descending: false,
  });
});
