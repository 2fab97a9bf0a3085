import { expect, test } from "vitest";
import { compareNames, compareTexts, contains, givenName } from "./names";

test("a class list goes by given name, then the whole name", () => {
  const names = ["Trần Văn Đức", "Lê Thị Ân", "Nguyễn Văn An", "Phạm Thị Dung", "Bùi Văn An", "Hồ Ánh"];
  expect(names.sort(compareNames)).toEqual([
    "Bùi Văn An",
    "Nguyễn Văn An",
    "Hồ Ánh",
    "Lê Thị Ân",
    "Phạm Thị Dung",
    "Trần Văn Đức",
  ]);
});

test("d stands before đ, a before ă before â", () => {
  expect(["Đạt", "Dũng", "Ân", "Ăn", "An"].sort(compareTexts)).toEqual(["An", "Ăn", "Ân", "Dũng", "Đạt"]);
});

test("numbers in class names go by value", () => {
  expect(["12A10", "12A2"].sort(compareTexts)).toEqual(["12A2", "12A10"]);
});

test("the given name is the last word", () => {
  expect(givenName("  Nguyễn  Thị Bảo Châu ")).toBe("Châu");
});

test("typing without diacritics finds all, typing with them only what has them", () => {
  expect(contains("Nguyễn Thị Đào", "dao")).toBe(true);
  expect(contains("Nguyễn Thị Đào", "đào")).toBe(true);
  expect(contains("Nguyễn Thị Dao", "đào")).toBe(false);
  expect(contains("Nguyễn Thị Đào".normalize("NFD"), "Đào")).toBe(true);
});
