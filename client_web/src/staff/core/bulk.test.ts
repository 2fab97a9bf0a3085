import { expect, test } from "vitest";
import { COMMANDS, commandOf, confirms, namesOf, offered, planFor, REASONS, wordingOf } from "./bulk";
import { seatOf } from "./samples";

const seats = [
  seatOf({ sitting: 1, state: "running" }),
  seatOf({ sitting: 2, state: "paused", name: "Lê Thị Bình", number: "002" }),
  seatOf({ sitting: 3, state: "submitted" }),
];

test("a plan parts those it changes from those it can't", () => {
  const plan = planFor("pause", seats);
  expect(plan.affected.map((seat) => seat.sitting)).toEqual([1]);
  expect(plan.skipped.map((seat) => seat.sitting)).toEqual([2, 3]);
});

test("the wording names one candidate, counts several, and admits when there is nobody", () => {
  expect(wordingOf(planFor("resume", seats), 0)).toEqual({
    key: "bulk_resume_one",
    params: { name: "Lê Thị Bình", number: "002", minutes: 0 },
  });
  expect(wordingOf(planFor("add_time", seats), 5)).toEqual({
    key: "bulk_add_time_many",
    params: { count: 2, minutes: 5 },
  });
  expect(wordingOf(planFor("start", seats), 0).key).toBe("bulk_nobody");
});

test("a script that is in is neither paused nor submitted again, but can be voided", () => {
  expect(planFor("force_submit", seats).affected).toHaveLength(2);
  expect(planFor("void", seats).affected).toHaveLength(3);
});

test("the first names, and how many more", () => {
  const many = Array.from({ length: 9 }, (_, index) => seatOf({ name: `Em ${index}` }));
  expect(namesOf(many, 3)).toEqual({ names: ["Em 0", "Em 1", "Em 2"], more: 6 });
});

test("the bell is offered until it has rung, what is for those at work after it", () => {
  expect(offered(false)).toEqual(["admit", "start", "add_time", "message", "reset_pin", "void"]);
  expect(offered(true)).not.toContain("start");
  expect(offered(true)).toContain("force_submit");
  expect(offered(false)).not.toContain("end");
  expect(offered(true)).toContain("end");
});

test("every command offers reasons", () => {
  expect(COMMANDS.filter((command) => REASONS[command].length < 2)).toEqual([]);
});

test("the confirming word is read with mercy", () => {
  expect(confirms("  thu bài", "THU BÀI")).toBe(true);
  expect(confirms("thu bài".normalize("NFD"), "THU BÀI")).toBe(true);
  expect(confirms("thu", "THU BÀI")).toBe(false);
});

test("a command carries minutes and text only where they mean something", () => {
  const entries = { reason: " máy hỏng ", minutes: 5, text: " Giữ trật tự " };
  expect(commandOf(planFor("add_time", seats), false, entries)).toEqual({
    command: "add_time",
    reason: "máy hỏng",
    sittings: [1, 2],
    minutes: 5,
    text: null,
  });
  expect(commandOf(planFor("message", seats), true, entries)).toMatchObject({
    sittings: null,
    minutes: null,
    text: "Giữ trật tự",
  });
});
