import type { Count, ItemStatistics } from "../../protocol/messages";

/** Bars that stand together: a statement's, or all of an item's. */
export interface CountGroup {
  /** The statement's letter; "" where the item has no statements. */
  name: string;
  bars: readonly Count[];
}

/** Typed texts shown one by one; the rest is summed up. */
const MOST_TEXTS = 10;

/** The counts as they are drawn: by statement, by option in order, or the commonest typed texts. */
export function countGroups(item: ItemStatistics): CountGroup[] {
  if (item.kind === "true_false") return byStatement(item.counts);
  if (item.kind === "short_answer") return [{ name: "", bars: commonest(item.counts) }];
  return [{ name: "", bars: emptyLast(item.counts) }];
}

function byStatement(counts: readonly Count[]): CountGroup[] {
  const names = [...new Set(counts.filter((count) => count.label !== "").map(statement))].sort();
  const groups = names.map((name) => ({
    name,
    bars: counts.filter((count) => count.label !== "" && statement(count) === name),
  }));
  const empty = counts.filter((count) => count.label === "" && count.count > 0);
  return empty.length > 0 ? [...groups, { name: "", bars: empty }] : groups;
}

function statement(count: Count): string {
  return count.label.split(":")[0] ?? "";
}

function emptyLast(counts: readonly Count[]): Count[] {
  return [...counts].sort(
    (a, b) => Number(a.label === "") - Number(b.label === "") || (a.label < b.label ? -1 : 1),
  );
}

function commonest(counts: readonly Count[]): Count[] {
  const typed = counts.filter((count) => count.label !== "");
  const sorted = [...typed].sort((a, b) => Number(b.right) - Number(a.right) || b.count - a.count);
  const rest = sorted.slice(MOST_TEXTS).reduce((sum, count) => sum + count.count, 0);
  const others = rest > 0 ? [{ label: "…", count: rest, right: false }] : [];
  return [...sorted.slice(0, MOST_TEXTS), ...others, ...counts.filter((count) => count.label === "")];
}
