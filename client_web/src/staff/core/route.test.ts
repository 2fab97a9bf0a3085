import { expect, test } from "vitest";
import { pathOf, type Route, routeOf } from "./route";

const ROUTES: Route[] = [
  { page: "home" },
  { page: "banks" },
  { page: "bank", bank: 3 },
  { page: "import", bank: 3 },
  { page: "exams" },
  { page: "new_exam", bank: null, source: null },
  { page: "new_exam", bank: 4, source: "đề giữa kỳ & cuối kỳ.docx" },
  { page: "exam", exam: 12 },
  { page: "new_shift", exam: 12 },
  { page: "roster", exam: 12, shift: 7 },
  { page: "rooms" },
  { page: "room", shift: 7, tab: "map" },
  { page: "room", shift: 7, tab: "log" },
  { page: "window" },
  { page: "room_tests" },
  { page: "all_results" },
  { page: "results", exam: 12, tab: "class" },
  { page: "results", exam: 12, tab: "items" },
  { page: "results", exam: 12, tab: "test" },
  { page: "results", exam: 12, tab: "items", run: 5 },
  { page: "item_result", exam: 12, item: 99 },
  { page: "item_result", exam: 12, item: 99, run: 5 },
  { page: "runs", exam: 12 },
  { page: "run", exam: 12, run: 5 },
  { page: "keys", exam: 12 },
  { page: "new_key", exam: 12, item: null },
  { page: "new_key", exam: 12, item: 99 },
  { page: "key", exam: 12, change: 2 },
  { page: "sanctions", exam: 12 },
];

test.each(ROUTES)("an address leads back to its page: $page", (route) => {
  const [path = "", search = ""] = pathOf(route).split("?");
  expect(routeOf(path, search)).toEqual(route);
});

test("a slash at the end and the file's own name lead to the same page", () => {
  expect(routeOf("/staff/banks/")).toEqual({ page: "banks" });
  expect(routeOf("/staff.html")).toEqual({ page: "home" });
});

test.each([
  "/staff/nothing",
  "/staff/banks/abc",
  "/staff/banks/0",
  "/staff/rooms/7/other",
  "/staff/banks/-1",
])("an address without a page is missing: %s", (path) => {
  expect(routeOf(path)).toEqual({ page: "missing" });
});
