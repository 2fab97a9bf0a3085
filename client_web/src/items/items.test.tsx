import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it } from "vitest";
import { ItemView } from "./ItemView";
import type { ContentOf, Response } from "./kind";
import { choose, isAnswered } from "./registry";
import { boxText } from "./short_answer_text";

const paragraph = (text: string) => [{ t: "p" as const, children: [{ t: "text" as const, text }] }];
const SINGLE: ContentOf<"single_choice"> = {
  kind: "single_choice",
  stem: paragraph("Chọn"),
  options: ["A", "B", "C", "D"].map((id) => ({ id, body: paragraph(`phương án ${id}`) })),
};
const GRADED: ContentOf<"true_false"> = {
  kind: "true_false",
  stem: paragraph("Xét"),
  statements: ["a", "b", "c", "d"].map((id) => ({ id, body: paragraph(`ý ${id}`) })),
};
const SHORT: ContentOf<"short_answer"> = { kind: "short_answer", stem: paragraph("Tính") };

let page: HTMLElement;

beforeEach(() => {
  page = document.createElement("div");
  document.body.replaceChildren(page);
});

function show(props: Parameters<typeof ItemView>[0]): void {
  act(() => render(<ItemView {...props} />, page));
}

const inputs = () => [...page.querySelectorAll("input")];

describe("single choice", () => {
  it("letters the order shown and answers with canonical ids", () => {
    const given: Response[] = [];
    show({
      content: SINGLE,
      choices: ["C", "A", "D", "B"],
      name: "q",
      onRespond: (response) => given.push(response),
    });
    const rows = [...page.querySelectorAll(".option")].map((row) => row.textContent);
    expect(rows).toEqual(["Aphương án C", "Bphương án A", "Cphương án D", "Dphương án B"]);
    inputs()[1]?.click();
    expect(given).toEqual(["A"]);
  });

  it("is chosen by key in the order shown", () => {
    expect(choose(SINGLE, ["C", "A", "D", "B"], null, 2)).toEqual({ response: "D" });
    expect(choose(SINGLE, [], "A", 6)).toBeNull();
  });

  it("shows the key to staff only, and takes no answer when read only", () => {
    show({ content: SINGLE, name: "q", response: "B", answerKey: { kind: "single_choice", option: "C" } });
    expect(page.querySelector(".option-right")?.textContent).toContain("phương án C");
    expect(inputs().every((input) => input.disabled)).toBe(true);
    show({ content: SINGLE, name: "q", response: "B" });
    expect(page.querySelector(".option-right")).toBeNull();
  });
});

describe("graded True/False", () => {
  it("keeps values in the order of the content whatever is shown", () => {
    const given: Response[] = [];
    show({
      content: GRADED,
      choices: ["d", "b", "a", "c"],
      name: "q",
      onRespond: (response) => given.push(response),
      response: [null, false, null, null],
    });
    inputs()[0]?.click();
    expect(given).toEqual([[null, false, null, true]]);
  });

  it("is answered when every statement is", () => {
    expect(isAnswered(GRADED, [true, false, true, null])).toBe(false);
    expect(isAnswered(GRADED, [true, false, true, true])).toBe(true);
    expect(isAnswered(GRADED, null)).toBe(false);
  });

  it("turns true, false, true with its key", () => {
    const first = choose(GRADED, [], null, 1);
    expect(first).toEqual({ response: [null, true, null, null] });
    expect(choose(GRADED, [], first?.response ?? null, 1)).toEqual({ response: [null, false, null, null] });
  });
});

describe("short answer", () => {
  it.each([
    ["1.5", "1,5"],
    ["−2", "-2"],
    ["1-2", "12"],
    ["1,2,3", "1,23"],
    ["12345", "1234"],
    ["a1b", "1"],
    ["-,5", "-,5"],
  ])("takes %s as %s", (typed, kept) => expect(boxText(typed, 4)).toBe(kept));

  it("is answered once there is a digit", () => {
    expect(isAnswered(SHORT, "-")).toBe(false);
    expect(isAnswered(SHORT, "-1")).toBe(true);
  });

  it("clears to nothing", () => {
    const given: Response[] = [];
    show({ content: SHORT, name: "q", response: "1", onRespond: (response) => given.push(response) });
    const field = inputs()[0];
    if (field === undefined) throw new Error("no field");
    field.value = "x";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    expect(given).toEqual([null]);
  });
});
