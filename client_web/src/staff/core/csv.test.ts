import { expect, test } from "vitest";
import { csvText } from "./csv";

test("cells are quoted where they must be, and Excel is told that it is UTF-8", () => {
  const text = csvText([
    ["Số báo danh", "Họ tên"],
    ["001", 'Nguyễn "Tí", An'],
  ]);
  expect(text).toBe('\ufeffSố báo danh,Họ tên\r\n001,"Nguyễn ""Tí"", An"\r\n');
});

test("a text is never read as a formula, a number stays a number", () => {
  expect(csvText([["=1+1", "@x", "-cmd", "-1,5", "8.25"]])).toBe("\ufeff'=1+1,'@x,'-cmd,\"-1,5\",8.25\r\n");
});
