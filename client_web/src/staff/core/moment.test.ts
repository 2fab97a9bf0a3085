import { expect, test } from "vitest";
import { birthDate, instantOf, localMoment, nextHalfHour } from "./moment";

test("a moment goes through the fields and comes back, to the minute", () => {
  const moment = new Date(2026, 10, 22, 7, 5);
  expect(localMoment(moment)).toEqual({ day: "2026-11-22", time: "07:05" });
  expect(instantOf(localMoment(moment))).toBe(moment.toISOString());
});

test("an empty field is no moment", () => {
  expect(instantOf({ day: "", time: "07:00" })).toBeNull();
  expect(instantOf({ day: "2026-02-31x", time: "07:00" })).toBeNull();
});

test("the first guess leaves a quarter of an hour", () => {
  const guess = (hour: number, minute: number) =>
    localMoment(nextHalfHour(new Date(2026, 10, 22, hour, minute))).time;
  expect([guess(7, 0), guess(7, 15), guess(7, 16), guess(7, 44), guess(7, 46)]).toEqual([
    "07:30",
    "07:30",
    "08:00",
    "08:00",
    "08:30",
  ]);
});

test("a birth date reads as people write it", () => {
  expect([birthDate("2008-03-15", true), birthDate("2008-03-15", false), birthDate(null, true)]).toEqual([
    "15/03/2008",
    "2008-03-15",
    "",
  ]);
});
