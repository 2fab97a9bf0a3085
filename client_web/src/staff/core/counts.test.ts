import { expect, test } from "vitest";
import { countGroups } from "./counts";
import { statisticsOf } from "./samples";

const count = (label: string, number: number, right = false) => ({ label, count: number, right });

test("options stand in their order, empty ones last", () => {
  const item = statisticsOf({ counts: [count("", 2), count("B", 5, true), count("A", 1)] });
  expect(countGroups(item)[0]?.bars.map((bar) => bar.label)).toEqual(["A", "B", ""]);
});

test("a True/False item is drawn statement by statement", () => {
  const counts = [count("b:true", 3), count("a:true", 9, true), count("a:false", 1), count("", 0)];
  expect(countGroups(statisticsOf({ kind: "true_false", counts })).map((group) => group.name)).toEqual([
    "a",
    "b",
  ]);
});

test("of typed texts the right one comes first, then the commonest; the rest is summed", () => {
  const wrong = Array.from({ length: 14 }, (_, index) => count(String(index), index + 1));
  const [group] = countGroups(
    statisticsOf({ kind: "short_answer", counts: [...wrong, count("0,5", 2, true), count("", 4)] }),
  );
  const labels = group?.bars.map((bar) => bar.label) ?? [];
  expect(labels[0]).toBe("0,5");
  expect(labels[1]).toBe("13");
  expect(labels.slice(-2)).toEqual(["…", ""]);
  expect(group?.bars.reduce((sum, bar) => sum + bar.count, 0)).toBe(105 + 2 + 4);
});
