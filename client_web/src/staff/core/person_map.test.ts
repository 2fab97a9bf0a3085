// @vitest-environment node
import { expect, test } from "vitest";
import { itemLineOf } from "./measurement_samples";
import { personMap, rowsOf } from "./person_map";

const persons = Array.from({ length: 16 }, (_, place) => (place === 7 ? 10 : place === 8 ? 20 : 0));

test("candidates and items stand on the same steps, the ablest above", () => {
  const steps = personMap(persons, [itemLineOf({ item: 1, b: 0.2 }), itemLineOf({ item: 2, b: -0.1 })]);
  expect(steps.map((step) => [step.from, step.persons, step.items.map((item) => item.item)])).toEqual([
    [0, 20, [1]],
    [-0.5, 10, [2]],
  ]);
});

test("what lies beyond the scale stands on its outer steps, and a gap inside stays", () => {
  const steps = personMap(persons, [itemLineOf({ b: 7 }), itemLineOf({ b: null })]);
  expect(steps[0]?.from).toBe(3.5);
  expect(steps[0]?.items).toHaveLength(1);
  expect(steps).toHaveLength(9);
});

test("labels break into rows", () => {
  expect(rowsOf([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(rowsOf([], 2)).toEqual([]);
});
