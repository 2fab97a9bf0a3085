import type { ImportItem, ItemRow, ItemStatistics, Seat } from "../../protocol/messages";

/** A running, connected candidate; `changes` make it what a test needs. */
export function seatOf(changes: Partial<Seat> = {}): Seat {
  return {
    sitting: 1,
    number: "001",
    name: "Nguyễn Văn An",
    seat: "01",
    state: "running",
    connected: true,
    seen_at: "2026-11-22T01:00:00Z",
    answered: 0,
    flagged: 0,
    unsaved: 0,
    received_form: true,
    deadline_at: null,
    remaining_ms: null,
    extra_ms: 0,
    takeovers: 0,
    incidents: 0,
    ...changes,
  };
}

/** A single-choice item of 40 scripts with nothing remarkable. */
export function statisticsOf(changes: Partial<ItemStatistics> = {}): ItemStatistics {
  return {
    item: 1,
    number: 1,
    part: "PHẦN I",
    kind: "single_choice",
    text: "",
    n: 40,
    difficulty: 0.6,
    share: 0.6,
    low: 0.45,
    high: 0.74,
    discrimination: 0.4,
    points: "0.25",
    counts: [
      { label: "A", count: 6, right: false },
      { label: "B", count: 24, right: true },
      { label: "C", count: 6, right: false },
      { label: "D", count: 4, right: false },
    ],
    ...changes,
  };
}

/** A clean item of an imported file. */
export function importItemOf(changes: Partial<ImportItem> = {}): ImportItem {
  return {
    number: 1,
    part: "I",
    level: null,
    content: { kind: "single_choice", stem: [], options: [] },
    key: { kind: "single_choice", option: "A" },
    warnings: [],
    ...changes,
  };
}

/** A row of the items table. */
export function itemRowOf(changes: Partial<ItemRow> = {}): ItemRow {
  return {
    id: 1,
    source: "de.docx",
    number: 1,
    part: "I",
    kind: "single_choice",
    level: "NB",
    text: "",
    has_key: true,
    warnings: [],
    ...changes,
  };
}
