import type { ItemLine } from "../../protocol/messages";
import { compareTexts } from "./names";
import { type Order, ordered, type Value } from "./order";

/** What a table of items can be ordered by. */
export type ItemColumn =
  | "place"
  | "difficulty"
  | "class_difficulty"
  | "share"
  | "discrimination"
  | "omitted"
  | "a"
  | "b"
  | "c"
  | "fit_p"
  | "rmsea"
  | "infit"
  | "outfit"
  | "dif"
  | "alpha_without"
  | "flags";

/** Columns that stand together: a screen of 1024 px holds one group. */
export type ColumnGroup = "basic" | "model" | "check";

const GROUPS: Readonly<Record<ColumnGroup, readonly ItemColumn[]>> = {
  basic: ["difficulty", "class_difficulty", "discrimination", "omitted", "flags"],
  model: ["b", "a", "c", "fit_p", "rmsea", "infit", "outfit"],
  check: ["share", "alpha_without", "dif", "flags"],
};

/** The columns of a group; those without a single figure are left out, and so is a group without any. */
export function columnsOf(group: ColumnGroup, lines: readonly ItemLine[]): ItemColumn[] {
  return GROUPS[group].filter(
    (column) => column === "flags" || lines.some((line) => figureOf(column, line, 0) !== null),
  );
}

/** The groups that have something to show. */
export function groupsOf(lines: readonly ItemLine[]): ColumnGroup[] {
  const all: ColumnGroup[] = ["basic", "model", "check"];
  return all.filter((group) => group === "basic" || columnsOf(group, lines).some((each) => each !== "flags"));
}

function figureOf(column: ItemColumn, line: ItemLine, place: number): Value {
  if (column === "place") return place;
  if (column === "flags") return -line.flags.filter((flag) => flag.attention).length;
  return line[column];
}

/** The items in order; equal ones as on the paper. */
export function sortedLines(lines: readonly ItemLine[], order: Order<ItemColumn>): ItemLine[] {
  const places = new Map(lines.map((line, place) => [line, place]));
  const value = (line: ItemLine) => figureOf(order.column, line, places.get(line) ?? 0);
  return ordered(lines, value, order.descending, (a, b) => {
    const [left, right] = [value(a), value(b)];
    return typeof left === "number" && typeof right === "number"
      ? left - right
      : compareTexts(String(left), String(right));
  });
}

/** Which items are in view: by part, by remark; "" is all, "attention" those that need a look. */
export interface ItemFilter {
  part: string;
  flag: string;
}

export const NO_FILTER: ItemFilter = { part: "", flag: "" };

/** The items the filter lets through. */
export function filteredLines(lines: readonly ItemLine[], filter: ItemFilter): ItemLine[] {
  return lines.filter(
    (line) => (filter.part === "" || line.part === filter.part) && flagFits(line, filter.flag),
  );
}

function flagFits(line: ItemLine, flag: string): boolean {
  if (flag === "") return true;
  if (flag === "attention") return line.flags.some((each) => each.attention);
  return line.flags.some((each) => each.code === flag);
}

/** The remarks there are, each with how many items have it, the commonest first. */
export function flagCounts(lines: readonly ItemLine[]): { code: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const code of lines.flatMap((line) => [...new Set(line.flags.map((flag) => flag.code))])) {
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return [...counts].map(([code, count]) => ({ code, count })).sort((a, b) => b.count - a.count);
}
