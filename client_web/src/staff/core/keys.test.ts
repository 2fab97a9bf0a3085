// @vitest-environment node
import { expect, test } from "vitest";
import type { Content } from "../../items/kind";
import { keyOf, liveKey, responseOf, sameKey } from "./keys";

const single = { kind: "single_choice", stem: [], options: [] } as unknown as Content;
const statements = [{ id: "a" }, { id: "b" }].map((each) => ({ ...each, body: [] }));
const graded = { kind: "true_false", stem: [], statements } as unknown as Content;
const short = { kind: "short_answer", stem: [], max_length: 4 } as unknown as Content;

test("a response in the item's own control becomes a key", () => {
  expect(keyOf(single, "C")).toEqual({ kind: "single_choice", option: "C" });
  expect(keyOf(graded, [true, false])).toEqual({ kind: "true_false", values: [true, false] });
  expect(keyOf(short, "0,5", ["0,50", "0,5", ""])).toEqual({ kind: "short_answer", accept: ["0,5", "0,50"] });
});

test("an unfinished response is no key yet", () => {
  expect(keyOf(single, null)).toBeNull();
  expect(keyOf(graded, [true, null])).toBeNull();
  expect(keyOf(short, "-")).toBeNull();
});

test.each([
  [single, "B"],
  [graded, [false, true]],
  [short, "12"],
])("a key leads back to the response it asks for", (content, response) => {
  const key = keyOf(content, response);
  expect(key && responseOf(key)).toEqual(response);
});

test("the same key twice is no change", () => {
  expect(sameKey({ kind: "single_choice", option: "A" }, { kind: "single_choice", option: "A" })).toBe(true);
  expect(sameKey(null, { kind: "single_choice", option: "A" })).toBe(false);
});

test("the key that counts is the live correction's, none for a void item", () => {
  const own = { kind: "single_choice", option: "C" } as const;
  const other = { kind: "single_choice", option: "B" } as const;
  const live = [
    { item: 1, key: other },
    { item: 2, key: null },
  ];
  expect([1, 2, 3].map((item) => liveKey(live, item, own))).toEqual([other, null, own]);
});
