import type { ItemLine } from "../../protocol/messages";

/** A step of the ability scale: how many candidates and which items stand on it. */
export interface Step {
  from: number;
  to: number;
  persons: number;
  items: ItemLine[];
}

export const STEP = 0.5;
const LOWEST = -4;

/** Candidates and items on one scale, from the highest step to the lowest; empty steps at both ends are left out. */
export function personMap(persons: readonly number[], items: readonly ItemLine[]): Step[] {
  const last = persons.length - 1;
  const steps = persons.map((count, place): Step => {
    const from = LOWEST + place * STEP;
    const own = items.filter((item) => item.b !== null && clamped(item.b, last) === place);
    return { from, to: from + STEP, persons: count, items: own };
  });
  const filled = steps.map((step) => step.persons > 0 || step.items.length > 0);
  return steps.slice(filled.indexOf(true), filled.lastIndexOf(true) + 1).reverse();
}

/** The step of a difficulty; what lies beyond stands on the outer ones. */
function clamped(b: number, last: number): number {
  return Math.min(Math.max(Math.floor((b - LOWEST) / STEP), 0), last);
}

/** The entries in rows of at most `width`. */
export function rowsOf<Entry>(entries: readonly Entry[], width: number): Entry[][] {
  const rows = Math.ceil(entries.length / width);
  return Array.from({ length: rows }, (_, row) => entries.slice(row * width, (row + 1) * width));
}
