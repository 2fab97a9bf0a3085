import type { Answer, Flag, Saved, Submit, Visit, Welcome } from "../protocol/messages";

/** The server's MAX_UNACKNOWLEDGED. */
export const MAX_IN_FLIGHT = 64;

export type SittingEvent = Answer | Flag | Visit | Submit;

type Unnumbered<Event> = Event extends SittingEvent ? Omit<Event, "seq" | "at_ms"> : never;

/** Something the candidate did, before it has its number. */
export type Deed = Unnumbered<SittingEvent>;

/**
 * What this page holds of a sitting: what the server has acknowledged, and the events it has not yet. Stored on this
 * PC before anything is sent.
 */
export interface Held {
  /** The token of the last Welcome; null before the first. */
  fence: number | null;
  /** The highest acknowledged event. */
  acked: number;
  /** Responses and flags up to `acked`. */
  saved: readonly Saved[];
  /** Item in view up to `acked`. */
  position: number | null;
  /** Events after `acked`, without gaps. */
  pending: readonly SittingEvent[];
}

export const NOTHING_HELD: Held = { fence: null, acked: 0, saved: [], position: null, pending: [] };

/** One more event, numbered after the last. */
export function append(held: Held, deed: Deed, at_ms: number): Held {
  const event = { ...deed, seq: held.acked + held.pending.length + 1, at_ms } as SittingEvent;
  return { ...held, pending: [...held.pending, event] };
}

/** Every event up to `seq` is committed. */
export function acknowledge(held: Held, seq: number): Held {
  const through = Math.min(Math.max(seq, held.acked), held.acked + held.pending.length);
  const committed = held.pending.slice(0, through - held.acked);
  return {
    ...held,
    acked: through,
    saved: fold(held.saved, committed),
    position: lastPosition(held.position, committed),
    pending: held.pending.slice(committed.length),
  };
}

/** The event will never be taken: it goes, and those after it move up by one. */
export function refuse(held: Held, seq: number): { held: Held; refused: SittingEvent | null } {
  const refused = held.pending.find((event) => event.seq === seq) ?? null;
  if (refused === null) return { held, refused };
  const pending = held.pending
    .filter((event) => event !== refused)
    .map((event) => (event.seq > seq ? { ...event, seq: event.seq - 1 } : event));
  return { held: { ...held, pending }, refused };
}

/**
 * The event as it goes over the line. A resend must be the same text to the letter, on another line and after a reload
 * too: an event's fields keep the order in which they were made, and the store keeps it as well.
 */
export function textOf(event: SittingEvent): string {
  return JSON.stringify(event);
}

/** What may be sent now, when events up to `sent` are on their way on this connection. */
export function sendable(held: Held, sent: number): SittingEvent[] {
  const from = Math.max(sent, held.acked);
  return held.pending.slice(from - held.acked, MAX_IN_FLIGHT);
}

/**
 * What this page holds after a Welcome. Where only this page has written since, the events that reached the journal
 * are dropped and the rest waits to be sent. Where someone else has written, the rest must not overwrite it: it is
 * given back as evidence.
 */
export function meet(held: Held, welcome: Welcome): { held: Held; evidence: readonly SittingEvent[] } {
  const journal: Held = {
    fence: welcome.fence,
    acked: welcome.last_seq,
    saved: welcome.saved,
    position: welcome.position,
    pending: [],
  };
  if (held.pending.length === 0) return { held: journal, evidence: [] };
  if (!isContinuation(held, welcome)) return { held: journal, evidence: held.pending };
  const rest = held.pending.filter((event) => event.seq > welcome.last_seq);
  return { held: { ...journal, pending: rest }, evidence: [] };
}

function isContinuation(held: Held, welcome: Welcome): boolean {
  if (welcome.last_seq < held.acked) return false;
  if (held.fence !== null && welcome.fence === held.fence + 1) return true;
  // Other tabs have entered since, but perhaps none has written: then the journal says just what this page expects.
  const expected = acknowledge(held, welcome.last_seq);
  return expected.acked === welcome.last_seq && sameResponses(expected.saved, welcome.saved);
}

function sameResponses(one: readonly Saved[], other: readonly Saved[]): boolean {
  return canonical(one) === canonical(other);
}

function canonical(saved: readonly Saved[]): string {
  const rows = saved.filter((row) => row.response !== null || row.flagged);
  return JSON.stringify(
    rows.map((row) => [row.item, row.response, row.flagged]).sort((a, b) => Number(a[0]) - Number(b[0])),
  );
}

/** The events of `events` that `other` does not hold. */
export function missingFrom(events: readonly SittingEvent[], other: readonly SittingEvent[]): SittingEvent[] {
  const known = new Set(other.map((event) => JSON.stringify(event)));
  return events.filter((event) => !known.has(JSON.stringify(event)));
}

/** Responses and flags as the candidate sees them: acknowledged or not. */
export function shown(held: Held): ReadonlyMap<number, Saved> {
  return new Map(fold(held.saved, held.pending).map((row) => [row.item, row]));
}

/** The items that have something not acknowledged yet. */
export function unsavedItems(held: Held): ReadonlySet<number> {
  return new Set(
    held.pending.flatMap((event) => (event.type === "answer" || event.type === "flag" ? [event.item] : [])),
  );
}

/** The item in view: the last one visited. */
export function positionOf(held: Held): number | null {
  return lastPosition(held.position, held.pending);
}

function lastPosition(position: number | null, events: readonly SittingEvent[]): number | null {
  return events.reduce((last, event) => (event.type === "visit" ? event.item : last), position);
}

function fold(saved: readonly Saved[], events: readonly SittingEvent[]): Saved[] {
  const rows = new Map(saved.map((row) => [row.item, row]));
  for (const event of events) {
    if (event.type !== "answer" && event.type !== "flag") continue;
    const row = rows.get(event.item) ?? { item: event.item, response: null, flagged: false };
    rows.set(
      event.item,
      event.type === "answer" ? { ...row, response: event.response } : { ...row, flagged: event.on },
    );
  }
  return [...rows.values()];
}
