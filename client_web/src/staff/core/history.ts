import type { Series } from "../../protocol/messages";

/** Seconds of one entry of the server's history. */
export const SLOT_S = 5;

/** How far back the window shows. */
export const HISTORY_S = 900;

/** One entry per slot; null where nobody reported. */
export type Column = readonly (number | null)[];

const MOST = HISTORY_S / SLOT_S;

const COLUMNS = [
  "ack_ms_p50",
  "ack_ms_p99",
  "events_per_s",
  "connections",
  "queue_rows",
  "reconnects_per_s",
] as const;

/** What is known, with what came since: gaps between the two stay empty, what is too long ago is dropped. */
export function joined(former: Series | undefined, fresh: Series): Series {
  const last = former?.slots.at(-1);
  const first = fresh.slots[0];
  if (former === undefined || last === undefined) return fresh;
  if (first === undefined) return former;
  if (first <= last) return fresh;
  const gap = (first - last) / SLOT_S - 1;
  if (gap >= MOST) return fresh;
  const missed = Array.from({ length: gap }, (_, index) => last + (index + 1) * SLOT_S);
  const lengths = { former: former.slots.length, fresh: fresh.slots.length, gap };
  const columns = COLUMNS.map((name) => [name, columnOf(former[name], fresh[name], lengths)] as const);
  return {
    ...(Object.fromEntries(columns) as Pick<Series, (typeof COLUMNS)[number]>),
    slots: [...former.slots, ...missed, ...fresh.slots].slice(-MOST),
    cpu_share: keyed(former.cpu_share, fresh.cpu_share, lengths),
    disk_free_bytes: keyed(former.disk_free_bytes, fresh.disk_free_bytes, lengths),
  };
}

interface Lengths {
  former: number;
  fresh: number;
  gap: number;
}

function columnOf(
  former: Column | undefined,
  fresh: Column | undefined,
  lengths: Lengths,
): (number | null)[] {
  const none = (length: number) => new Array<null>(length).fill(null);
  const before = former ?? none(lengths.former);
  return [...before, ...none(lengths.gap), ...(fresh ?? none(lengths.fresh))].slice(-MOST);
}

/** Columns by worker or host; who has left the window's time is dropped. */
function keyed(
  former: Readonly<Record<string, Column>>,
  fresh: Readonly<Record<string, Column>>,
  lengths: Lengths,
): Record<string, (number | null)[]> {
  const keys = [...new Set([...Object.keys(former), ...Object.keys(fresh)])];
  const columns = keys.map((key) => [key, columnOf(former[key], fresh[key], lengths)] as const);
  return Object.fromEntries(columns.filter(([, column]) => column.some((value) => value !== null)));
}

/** The highest value, null without any. */
export function highestOf(column: Column): number | null {
  const values = column.filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}

/** The runs of entries in a row that have a value, as [index, value]. */
export function runsOf(column: Column): [number, number][][] {
  const runs: [number, number][][] = [[]];
  column.forEach((value, index) => {
    if (value === null) runs.push([]);
    else runs.at(-1)?.push([index, value]);
  });
  return runs.filter((run) => run.length > 0);
}

/** A size in the largest unit that leaves at least one before the comma. */
export function sizeOf(bytes: number): { value: number; unit: "MB" | "GB" | "TB"; decimals: number } {
  const mb = bytes / 2 ** 20;
  if (mb < 1024) return { value: mb, unit: "MB", decimals: 0 };
  const gb = mb / 1024;
  if (gb < 1024) return { value: gb, unit: "GB", decimals: gb < 100 ? 1 : 0 };
  return { value: gb / 1024, unit: "TB", decimals: 1 };
}
