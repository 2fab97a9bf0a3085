import type {
  CandidateCard,
  FormOrder,
  FormRef,
  Notice,
  Receipt,
  Refused,
  ServerMessage,
  State,
  Timing,
  Welcome,
} from "../protocol/messages";
import { type Clock, heard, NO_CLOCK, ponged, serverTime } from "./clock";
import {
  acknowledge,
  append,
  type Deed,
  type Held,
  meet,
  NOTHING_HELD,
  refuse,
  type SittingEvent,
} from "./outbox";

/**
 * The connection. connecting: a socket is being opened; online: welcomed; offline: lost, another attempt will follow;
 * superseded: the sitting is open elsewhere; signed_out: log in again; outdated: this page is older than the server;
 * stuck: the server does not take what this page sends; ended: the script is in, or the server will not have this page.
 * The last five do not connect by themselves.
 */
export type Link =
  | "connecting"
  | "online"
  | "offline"
  | "superseded"
  | "signed_out"
  | "outdated"
  | "stuck"
  | "ended";

export type SittingState = State["state"];

/** The server's CloseCode. */
export const CLOSE = {
  badMessage: 4400,
  unauthenticated: 4401,
  outOfTurn: 4402,
  origin: 4403,
  superseded: 4409,
  version: 4410,
  tooLarge: 4413,
  tooFast: 4429,
  tryAgain: 4503,
} as const;

const LINK_AFTER_CLOSE: Readonly<Record<number, Link>> = {
  [CLOSE.unauthenticated]: "signed_out",
  [CLOSE.superseded]: "superseded",
  [CLOSE.version]: "outdated",
  [CLOSE.origin]: "ended",
};

/** What the page does wrong: it would do the same again. */
const FAULTS: ReadonlySet<number> = new Set([CLOSE.badMessage, CLOSE.outOfTurn, CLOSE.tooLarge]);
/** So many in a row, and the page no longer tries by itself. */
const MAX_FAULTS = 4;
/** Until the first Welcome says. */
const RECONNECT_MS = 1_000;

const FINAL: ReadonlySet<SittingState> = new Set(["submitted", "closed", "voided"]);
const KEPT_NOTICES = 50;

/** An event the server would not take. */
export interface Refusal {
  event: SittingEvent;
  code: Refused["code"];
  /** It came after the end, so that no later one can have taken its place. */
  final: boolean;
}

/** Answers that never count: refused for coming late, or not even taken when the script was in. */
export function uncounted(session: Session): number[] {
  const late = session.refusals.filter(({ code, final }) => final || code === "deadline");
  const events = [...late.map(({ event }) => event), ...session.held.pending];
  return [...new Set(events.flatMap((event) => (event.type === "answer" ? [event.item] : [])))];
}

/** Everything the page knows of the sitting. */
export interface Session {
  link: Link;
  /** Attempts to connect that failed since the last Welcome. */
  failures: number;
  /** Why the server closed the last connection; null when the line broke. */
  closeCode: number | null;
  /** Closes in a row that sending the same again cannot mend, with nothing acknowledged between them. */
  faults: number;
  /** The place in the queue into the room; null when not in one. */
  queue: number | null;
  /** Within how long the server asked to come again; null when it did not. */
  retry_ms: number | null;
  /** Within how long to come again after a line that broke. */
  reconnect_ms: number;
  held: Held;
  /** The highest event on its way on this connection. */
  sent: number;
  /** Events of this page that someone else's took the place of: to be sent once as evidence. */
  evidence: readonly SittingEvent[];
  clock: Clock;
  candidate: CandidateCard | null;
  state: SittingState | null;
  timing: Timing | null;
  form: FormRef | null;
  order: FormOrder | null;
  formKey: string | null;
  /** Why an invigilator paused or ended it. */
  reason: string | null;
  notices: readonly Notice[];
  refusals: readonly Refusal[];
  receipt: Receipt | null;
}

export type Input =
  | { type: "connecting" }
  | { type: "unstuck" }
  | { type: "closed"; code: number }
  | { type: "message"; message: ServerMessage; local_ms: number }
  | { type: "did"; deed: Deed; local_ms: number }
  | { type: "sent"; through: number }
  | { type: "evidence_sent" }
  | { type: "continued"; held: Held; evidence: readonly SittingEvent[] };

/** A page that has just been opened, with what this PC holds from before. */
export function openSession(held: Held = NOTHING_HELD): Session {
  return {
    link: "connecting",
    failures: 0,
    closeCode: null,
    faults: 0,
    queue: null,
    retry_ms: null,
    reconnect_ms: RECONNECT_MS,
    held,
    sent: held.acked,
    evidence: [],
    clock: NO_CLOCK,
    candidate: null,
    state: null,
    timing: null,
    form: null,
    order: null,
    formKey: null,
    reason: null,
    notices: [],
    refusals: [],
    receipt: null,
  };
}

/** The session after the input. Nothing else changes a session. */
export function reduce(session: Session, input: Input): Session {
  switch (input.type) {
    case "connecting":
      return { ...session, link: "connecting", sent: session.held.acked };
    case "unstuck":
      return { ...session, link: "connecting", faults: 0 };
    case "closed":
      return closed(session, input.code);
    case "message":
      return receive(session, input.message, input.local_ms);
    case "did":
      return {
        ...session,
        held: append(session.held, input.deed, serverTime(session.clock, input.local_ms)),
      };
    case "sent":
      return { ...session, sent: Math.max(session.sent, input.through) };
    case "evidence_sent":
      return { ...session, evidence: [] };
    case "continued":
      return {
        ...session,
        link: "connecting",
        held: input.held,
        sent: input.held.acked,
        evidence: input.evidence,
      };
  }
}

/** Whether the page should try to connect again by itself. */
export function mayConnect(session: Session): boolean {
  return session.link === "offline" || session.link === "connecting";
}

export function isFinal(state: SittingState | null): boolean {
  return state !== null && FINAL.has(state);
}

function closed(session: Session, code: number): Session {
  // Until the receipt is here the page comes back for it.
  const done = session.receipt !== null || session.state === "voided";
  const faults = FAULTS.has(code) ? session.faults + 1 : session.faults;
  const link = faults >= MAX_FAULTS ? "stuck" : (LINK_AFTER_CLOSE[code] ?? "offline");
  return {
    ...session,
    link: done ? "ended" : link,
    failures: session.failures + 1,
    faults,
    closeCode: code >= 4000 ? code : null,
    queue: null,
    // A Retry counts only right before its close.
    retry_ms: code === CLOSE.tryAgain ? session.retry_ms : null,
    sent: session.held.acked,
  };
}

function receive(session: Session, message: ServerMessage, local_ms: number): Session {
  switch (message.type) {
    case "welcome":
      return welcomed(session, message, local_ms);
    case "state":
      return changed(session, message, local_ms);
    case "queued":
      return { ...session, queue: message.position };
    case "retry":
      return { ...session, retry_ms: message.after_ms };
    case "ack":
      return acknowledged(session, message.seq);
    case "refused":
      return refused(session, message);
    case "pong":
      return { ...session, clock: ponged(session.clock, message.sent_ms, message.now_ms, local_ms) };
    case "notice":
      return noticed(session, message);
    case "submitted":
      return { ...session, receipt: message.receipt, state: finalState(session.state, message.receipt) };
  }
}

function acknowledged(session: Session, seq: number): Session {
  const held = acknowledge(session.held, seq);
  return { ...session, held, faults: held.acked > session.held.acked ? 0 : session.faults };
}

function welcomed(session: Session, welcome: Welcome, local_ms: number): Session {
  const { held, evidence } = meet(session.held, welcome);
  return {
    ...session,
    link: "online",
    failures: 0,
    closeCode: null,
    faults: held.acked > session.held.acked ? 0 : session.faults,
    queue: null,
    retry_ms: null,
    reconnect_ms: welcome.reconnect_ms,
    held,
    sent: held.acked,
    evidence: [...session.evidence, ...evidence],
    clock: heard(session.clock, welcome.timing.now_ms, local_ms),
    candidate: welcome.candidate,
    state: welcome.state,
    timing: welcome.timing,
    form: welcome.form,
    order: welcome.order,
    formKey: welcome.form_key ?? session.formKey,
    reason: welcome.reason,
    receipt: welcome.receipt,
  };
}

function changed(session: Session, message: State, local_ms: number): Session {
  return {
    ...session,
    clock: heard(session.clock, message.timing.now_ms, local_ms),
    state: message.state,
    timing: message.timing,
    formKey: message.form_key ?? session.formKey,
    reason: message.reason,
  };
}

function refused(session: Session, message: Refused): Session {
  const { held, refused: event } = refuse(session.held, message.seq);
  if (event === null) return session;
  return {
    ...session,
    held,
    // What followed it on this connection was refused with it, and goes again under its new number.
    sent: Math.max(held.acked, message.seq - 1),
    refusals: [...session.refusals, { event, code: message.code, final: isFinal(session.state) }],
  };
}

function noticed(session: Session, notice: Notice): Session {
  if (session.notices.some((known) => known.id === notice.id)) return session;
  return { ...session, notices: [...session.notices, notice].slice(-KEPT_NOTICES) };
}

function finalState(state: SittingState | null, receipt: Receipt): SittingState {
  if (isFinal(state) && state !== null) return state;
  return receipt.by === "candidate" ? "submitted" : "closed";
}
