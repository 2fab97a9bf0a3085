import type { Seat } from "../../protocol/messages";
import type { CommandName } from "./bulk";

/** What is wrong at a seat: a catalogue key `problem_<code>` with its parameters, and what the invigilator can do. */
export interface RoomProblem {
  sitting: number;
  code: ProblemCode;
  urgent: boolean;
  since_ms: number | null;
  count: number;
  actions: readonly CommandName[];
}

export type ProblemCode =
  | "asks_in"
  | "line_lost"
  | "unsaved"
  | "no_form"
  | "paused"
  | "late"
  | "incident"
  | "moved_often";

/** When a silence of the line stops being a blink, and when it becomes urgent. */
const SILENT_MS = 5_000;
const LOST_MS = 30_000;
const MANY_UNSAVED = 5;
const MANY_TAKEOVERS = 3;

/** What the room knows besides the seat: the server's time and whether the bell has rung. */
export interface Room {
  now_ms: number;
  begun: boolean;
}

type Check = (seat: Seat, room: Room, silent_ms: number | null) => Omit<RoomProblem, "sitting"> | null;

const quiet = { urgent: false, since_ms: null, count: 0 };

/** One seat's checks, the gravest first: only the first that holds is shown, so that the list stays readable. */
const CHECKS: readonly Check[] = [
  (seat, _, silent_ms) =>
    seat.state === "running" && !seat.connected && (silent_ms ?? 0) >= SILENT_MS
      ? {
          ...quiet,
          code: "line_lost",
          urgent: (silent_ms ?? 0) >= LOST_MS,
          since_ms: silent_ms,
          actions: ["add_time", "reset_pin"],
        }
      : null,
  (seat) =>
    seat.state === "registered" && seat.connected
      ? { ...quiet, code: "asks_in", urgent: true, actions: ["admit"] }
      : null,
  (seat) =>
    seat.state === "running" && seat.unsaved >= MANY_UNSAVED
      ? { ...quiet, code: "unsaved", count: seat.unsaved, actions: ["message"] }
      : null,
  (seat, room) =>
    seat.state === "waiting" && !seat.received_form && !room.begun
      ? { ...quiet, code: "no_form", actions: ["message"] }
      : null,
  (seat) => (seat.state === "paused" ? { ...quiet, code: "paused", actions: ["resume"] } : null),
  (seat, room) =>
    room.begun && ["registered", "admitted"].includes(seat.state) && !seat.connected
      ? { ...quiet, code: "late", actions: seat.state === "registered" ? ["admit"] : [] }
      : null,
  (seat) =>
    seat.state === "running" && seat.incidents > 0
      ? { ...quiet, code: "incident", count: seat.incidents, actions: [] }
      : null,
  (seat) =>
    seat.state === "running" && seat.takeovers >= MANY_TAKEOVERS
      ? { ...quiet, code: "moved_often", count: seat.takeovers, actions: [] }
      : null,
];

/** How long the seat's tab has been silent, null when it never spoke. */
export function silence(seat: Seat, now_ms: number): number | null {
  return seat.seen_at === null ? null : Math.max(0, now_ms - Date.parse(seat.seen_at));
}

/** The gravest problem of one seat, if any. */
export function problemOf(seat: Seat, room: Room): RoomProblem | null {
  const silent_ms = silence(seat, room.now_ms);
  for (const check of CHECKS) {
    const found = check(seat, room, silent_ms);
    if (found !== null) return { sitting: seat.sitting, ...found };
  }
  return null;
}

const RANK: readonly ProblemCode[] = [
  "line_lost",
  "asks_in",
  "unsaved",
  "no_form",
  "paused",
  "late",
  "incident",
  "moved_often",
];

/** Every seat's problem: urgent ones first, then by kind, then the longest silence. */
export function problemsOf(seats: readonly Seat[], room: Room): RoomProblem[] {
  const found = seats.map((seat) => problemOf(seat, room)).filter((problem) => problem !== null);
  return found.sort(
    (a, b) =>
      Number(b.urgent) - Number(a.urgent) ||
      RANK.indexOf(a.code) - RANK.indexOf(b.code) ||
      (b.since_ms ?? 0) - (a.since_ms ?? 0) ||
      b.count - a.count,
  );
}
