import { expect, test } from "vitest";
import staffEn from "../../../exam_server/catalogue/en/staff.json";
import staffVi from "../../../exam_server/catalogue/vi/staff.json";
import { COMMANDS, isDangerous, REASONS } from "./core/bulk";
import { reliabilityKey } from "./core/flags";
import { coded, counted, isStaffText, warningText } from "./texts";

const params = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("both languages have the same keys", () => {
  expect(Object.keys(staffEn)).toEqual(Object.keys(staffVi));
});

test("English asks for no parameter that Vietnamese does not have", () => {
  const english: Record<string, string> = staffEn;
  const strange = Object.entries(staffVi).filter(([key, text]) =>
    params(english[key] ?? "").some((name) => !params(text).includes(name)),
  );
  expect(strange).toEqual([]);
});

test("every key put together from a command exists", () => {
  const keys = COMMANDS.flatMap((command) => [
    `bulk_${command}_one`,
    `bulk_${command}_many`,
    ...REASONS[command],
    ...(isDangerous(command) ? [`confirm_word_${command}`] : []),
  ]);
  expect(keys.filter((key) => !isStaffText(key))).toEqual([]);
});

test("every verdict on reliability has its words", () => {
  const keys = [null, 0.2, 0.75, 0.85, 0.95].map((alpha) => `words_${reliabilityKey(alpha)}`);
  expect(keys.filter((key) => !isStaffText(key))).toEqual([]);
});

test("a code that the catalogue doesn't know stays readable", () => {
  expect(coded("log", "something_new")).toBe("something_new");
  expect(warningText("something_new")).toBe("something_new");
  expect(warningText("two_keys")).not.toBe("two_keys");
});

test("a count takes its noun", () => {
  expect(counted("items", 22)).toBe("22 câu");
});
