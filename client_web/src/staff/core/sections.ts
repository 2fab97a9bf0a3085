import type { Route } from "./route";

/** One entry of the left navigation: a job. */
export interface Section {
  name: "banks" | "exams" | "rooms" | "results" | "window";
  start: Route;
  permission: string;
  pages: readonly Route["page"][];
}

const SECTIONS: readonly Section[] = [
  { name: "banks", start: { page: "banks" }, permission: "items.read", pages: ["banks", "bank", "import"] },
  {
    name: "exams",
    start: { page: "exams" },
    permission: "exams.manage",
    pages: ["exams", "new_exam", "exam", "new_shift", "roster"],
  },
  { name: "rooms", start: { page: "rooms" }, permission: "room.watch", pages: ["rooms", "room"] },
  {
    name: "results",
    start: { page: "all_results" },
    permission: "results.read",
    pages: ["all_results", "results", "item_result", "runs", "run", "keys", "new_key", "key", "sanctions"],
  },
  { name: "window", start: { page: "window" }, permission: "server.watch", pages: ["window", "room_tests"] },
];

/** The jobs that these permissions allow, in the order of an exam's life. */
export function sectionsFor(permissions: readonly string[]): Section[] {
  return SECTIONS.filter((section) => permissions.includes(section.permission));
}

/** The section a page belongs to, undefined for home and missing pages. */
export function sectionOf(page: Route["page"]): Section | undefined {
  return SECTIONS.find((section) => section.pages.includes(page));
}
