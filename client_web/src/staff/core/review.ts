import type { ImportItem, ItemRow } from "../../protocol/messages";
import { contains } from "./names";

/** How an item under review stands: no key (it can't be scored), something to look at, or clean. */
export type Standing = "no_key" | "doubtful" | "clean";

/** The standing of an item. */
export function standingOf(item: { key: unknown; warnings: readonly string[] }): Standing {
  if (item.key === null) return "no_key";
  return item.warnings.length > 0 ? "doubtful" : "clean";
}

const ORDER: readonly Standing[] = ["no_key", "doubtful", "clean"];

/** Items by standing, the worst first; within one standing in the file's order. */
export function reviewOrder(items: readonly ImportItem[]): ImportItem[] {
  return ORDER.flatMap((standing) => items.filter((item) => standingOf(item) === standing));
}

/** How many items stand in each way. */
export function standings(items: readonly ImportItem[]): Record<Standing, number> {
  const counts = { no_key: 0, doubtful: 0, clean: 0 };
  for (const item of items) counts[standingOf(item)] += 1;
  return counts;
}

/** What narrows the items table; "" everywhere means all. */
export interface ItemFilter {
  text: string;
  part: string;
  kind: string;
  level: string;
  source: string;
  doubtful: boolean;
}

export const NO_FILTER: ItemFilter = { text: "", part: "", kind: "", level: "", source: "", doubtful: false };

/** Whether anything is narrowed. */
export function isNarrowed(filter: ItemFilter): boolean {
  return Object.entries(filter).some(([name, value]) => value !== NO_FILTER[name as keyof ItemFilter]);
}

/** The rows that pass. The text was already searched by the server, over more than a row shows. */
export function filtered(rows: readonly ItemRow[], filter: ItemFilter): ItemRow[] {
  return rows.filter(
    (row) =>
      (filter.part === "" || (row.part ?? "") === filter.part) &&
      (filter.kind === "" || row.kind === filter.kind) &&
      (filter.level === "" || (row.level ?? "") === filter.level) &&
      (filter.source === "" || row.source === filter.source) &&
      (!filter.doubtful || row.warnings.length > 0 || !row.has_key),
  );
}

/** Candidates or scripts whose number, name or class has what was typed. */
export function matching<Row extends { number: string; name: string; class_name?: string | null }>(
  rows: readonly Row[],
  typed: string,
): Row[] {
  if (typed.trim() === "") return [...rows];
  return rows.filter((row) =>
    [row.number, row.name, row.class_name ?? ""].some((text) => contains(text, typed)),
  );
}
