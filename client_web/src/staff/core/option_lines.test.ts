// @vitest-environment node
import { expect, test } from "vitest";
import type { OptionLine } from "../../protocol/messages";
import { drawnOptions } from "./option_lines";

const optionOf = (label: string, right: boolean, count = 10): OptionLine => ({
  label,
  right,
  count,
  fifths: [0.1, 0.2, 0.3, 0.4, 0.5],
  total_correlation: 0.2,
});
const labels = (kind: string, options: OptionLine[]) => drawnOptions(kind, options).map((each) => each.label);

test("every option that somebody chose has a line, the key in any case", () => {
  const options = [
    optionOf("A", false, 0),
    optionOf("B", true, 0),
    optionOf("C", false),
    optionOf("", false, 3),
  ];
  expect(labels("single_choice", options)).toEqual(["B", "C", ""]);
});

test("a statement has one line: who judged it rightly", () => {
  const options = [optionOf("a:true", true), optionOf("a:false", false), optionOf("b:false", true)];
  expect(labels("true_false", options)).toEqual(["a:true", "b:false"]);
});

test("of typed answers the right ones and the commonest wrong ones", () => {
  const wrong = ["1", "2", "3", "4", "5"].map((text, place) => optionOf(text, false, place + 1));
  expect(labels("short_answer", [...wrong, optionOf("12", true)])).toEqual(["12", "5", "4", "3", "2"]);
});

test("without fifths nothing is drawn", () => {
  expect(labels("single_choice", [{ ...optionOf("A", true), fifths: [] }])).toEqual([]);
});
