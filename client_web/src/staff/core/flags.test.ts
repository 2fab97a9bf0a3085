import { expect, test } from "vitest";
import { correlationInterval, flagsOf, reliabilityKey } from "./flags";
import { statisticsOf } from "./samples";

const codes = (changes: Parameters<typeof statisticsOf>[0]) =>
  flagsOf(statisticsOf(changes)).map((flag) => flag.code);

test("an ordinary item gets no remark", () => {
  expect(codes({})).toEqual([]);
});

test("a handful of scripts says nothing, however extreme", () => {
  expect(codes({ n: 9, share: 0, high: 0.1, discrimination: -0.9 })).toEqual(["too_few"]);
});

test("hard and easy only when the whole interval says so", () => {
  expect(codes({ share: 0.1, low: 0.04, high: 0.25 })).toEqual(["too_hard"]);
  expect(codes({ share: 0.25, low: 0.12, high: 0.45 })).toEqual([]);
  expect(codes({ share: 1, low: 0.91, high: 1 })).toEqual(["too_easy"]);
});

test("a negative correlation is reported only beyond chance", () => {
  expect(codes({ discrimination: -0.1 })).toEqual([]);
  expect(codes({ discrimination: -0.5 })).toEqual(["reversed"]);
});

test("a wrong option must beat the key clearly", () => {
  const counts = (a: number, b: number) => [
    { label: "A", count: a, right: false },
    { label: "B", count: b, right: true },
  ];
  expect(codes({ counts: counts(22, 18) })).toEqual([]);
  expect(flagsOf(statisticsOf({ counts: counts(31, 9) }))[0]).toEqual({
    code: "key_beaten",
    attention: true,
    params: { option: "A", key: "B", count: 31, key_count: 9 },
  });
});

test("empty answers and options nobody chose", () => {
  const counts = [
    { label: "", count: 10, right: false },
    { label: "B", count: 30, right: true },
    { label: "D", count: 0, right: false },
  ];
  expect(codes({ counts })).toEqual(["many_empty", "unused_option"]);
});

test("the interval of a correlation: r = 0.5, n = 28 gives 0.16 to 0.74", () => {
  const interval = correlationInterval(0.5, 28);
  expect(interval?.low).toBeCloseTo(0.156, 2);
  expect(interval?.high).toBeCloseTo(0.736, 2);
});

test("reliability in words", () => {
  expect([null, 0.5, 0.7, 0.85, 0.93].map(reliabilityKey)).toEqual([
    "reliability_none",
    "reliability_low",
    "reliability_fair",
    "reliability_good",
    "reliability_high",
  ]);
});
