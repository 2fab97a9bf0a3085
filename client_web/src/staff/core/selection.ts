/** Chosen seats, and the one a shift-click reaches from. */
export interface Selection {
  chosen: ReadonlySet<number>;
  anchor: number | null;
}

export const NOBODY: Selection = { chosen: new Set(), anchor: null };

/** The seat is added, or removed where it was chosen. */
export function toggle(selection: Selection, sitting: number): Selection {
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(sitting)) chosen.add(sitting);
  return { chosen, anchor: sitting };
}

/** All seats from the anchor to this one are added, in the order shown. */
export function reach(selection: Selection, sitting: number, shown: readonly number[]): Selection {
  const [from, to] = [shown.indexOf(selection.anchor ?? sitting), shown.indexOf(sitting)];
  if (from < 0 || to < 0) return toggle(selection, sitting);
  const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { chosen: new Set([...selection.chosen, ...range]), anchor: selection.anchor ?? sitting };
}

/** These seats and no others. */
export function only(sittings: readonly number[]): Selection {
  return { chosen: new Set(sittings), anchor: sittings[0] ?? null };
}

/** Where the arrow keys lead in a grid of `columns`, staying on the map. Null for other keys. */
export function stepTo(key: string, place: number, columns: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = steps[key];
  if (step === undefined) return null;
  const next = place + step;
  return next >= 0 && next < count ? next : place;
}
