import { expect, test } from "vitest";
import { readable } from "./readable";

test.each([
  ["Không có công thức nào", "Không có công thức nào"],
  ["y = \\frac{2x+1}{x-1} là", "y = (2x+1)/(x-1) là"],
  ["x^{3}-3x^2+a_{1}", "x³-3x²+a₁"],
  ["\\int_{0}^{1}\\sqrt{x^{2}+1}\\,dx", "∫₀¹√(x²+1) dx"],
  ["\\frac{\\sqrt{3}}{2}", "√3/2"],
  ["D = \\mathbb{R} \\setminus \\left\\{1\\right\\}", "D = ℝ \\{1}"],
  ["\\overrightarrow{AB} \\cdot \\overrightarrow{CD} \\ne 0", "AB ·CD ≠0"],
  ["e^{-x}", "e^(-x)"],
  ["x^2+1{,}5", "x²+1,5"],
  ["\\begin{cases}x+y=6\\\\ x-y=2\\end{cases}", "{ x+y=6; x-y=2"],
])("%s reads %s", (latex, plain) => {
  expect(readable(latex)).toBe(plain);
});

test("unbalanced braces end, and lose nothing", () => {
  expect(readable("\\frac{1}{2 và x^{")).toContain("2 và x");
});
