import { describe, expect, it } from "vitest";
import type { ServerMessage, Timing, Welcome } from "../protocol/messages";
import { CLOSE, type Input, mayConnect, openSession, reduce, type Session } from "./session";

const TIMING: Timing = {
  now_ms: 50_000,
  opens_ms: 40_000,
  limit_ms: 60_000,
  started_ms: 40_000,
  deadline_ms: 100_000,
  remaining_ms: null,
};
const WELCOME: Welcome = {
  type: "welcome",
  version: 1,
  fence: 1,
  state: "running",
  candidate: { number: "1", name: "A", exam: "E", subject: "S", shift: "C", room: "R", seat: null },
  timing: TIMING,
  last_seq: 0,
  saved: [],
  position: null,
  form: null,
  order: null,
  form_key: "key",
  reason: null,
  receipt: null,
};

const hear = (message: ServerMessage): Input => ({ type: "message", message, local_ms: 1_000 });
const say = (item: number): Input => ({
  type: "did",
  deed: { type: "answer", item, response: "A" },
  local_ms: 2_000,
});

function sessionAfter(...inputs: Input[]): Session {
  return inputs.reduce(reduce, openSession());
}

describe("the connection", () => {
  it("is online from Welcome on and forgets earlier failures", () => {
    const session = sessionAfter({ type: "connecting" }, { type: "closed", code: 1006 }, hear(WELCOME));
    expect(session).toMatchObject({ link: "online", failures: 0, closeCode: null });
  });

  it.each([
    [1006, "offline", true],
    [CLOSE.tryAgain, "offline", true],
    [CLOSE.tooFast, "offline", true],
    [CLOSE.outOfTurn, "offline", true],
    [CLOSE.superseded, "superseded", false],
    [CLOSE.unauthenticated, "signed_out", false],
    [CLOSE.version, "outdated", false],
    [CLOSE.origin, "ended", false],
  ] as const)("closed with %i is %s", (code, link, again) => {
    const session = sessionAfter(hear(WELCOME), { type: "closed", code });
    expect(session.link).toBe(link);
    expect(mayConnect(session)).toBe(again);
  });

  it("does not come back once the script is in", () => {
    const receipt = {
      submitted_ms: 1,
      by: "server",
      answered: 0,
      items: 1,
      events: 0,
      digest: "",
      code: "",
    } as const;
    const session = sessionAfter(hear(WELCOME), hear({ type: "submitted", receipt }), {
      type: "closed",
      code: 1000,
    });
    expect(session).toMatchObject({ link: "ended", state: "closed" });
  });
});

it("comes back for the receipt of a script that was collected", () => {
  const closed = { type: "state", state: "closed", timing: TIMING, form_key: null, reason: null } as const;
  const session = sessionAfter(hear(WELCOME), hear(closed), { type: "closed", code: CLOSE.tryAgain });
  expect(mayConnect(session)).toBe(true);
});

describe("events", () => {
  it("carry the server's time as the page estimates it", () => {
    expect(sessionAfter(hear(WELCOME), say(1)).held.pending[0]?.at_ms).toBe(51_000);
  });

  it("are sent again from the first unacknowledged one after a lost line", () => {
    const session = sessionAfter(
      hear(WELCOME),
      say(1),
      say(2),
      { type: "sent", through: 2 },
      hear({ type: "ack", seq: 1 }),
      {
        type: "closed",
        code: 1006,
      },
    );
    expect(session).toMatchObject({ sent: 1, held: { acked: 1 } });
  });

  it("that are refused are told and go; those behind them go again", () => {
    const session = sessionAfter(
      hear(WELCOME),
      say(1),
      say(2),
      { type: "sent", through: 2 },
      hear({ type: "refused", seq: 1, code: "deadline" }),
    );
    expect(session.refusals).toMatchObject([{ code: "deadline", event: { item: 1 } }]);
    expect(session.held.pending).toMatchObject([{ seq: 1, item: 2 }]);
    expect(session.sent).toBe(0);
  });
});

it("keeps the paper's key through a pause, and its reason", () => {
  const paused = sessionAfter(
    hear(WELCOME),
    hear({ type: "state", state: "paused", timing: TIMING, form_key: null, reason: "điện" }),
  );
  expect(paused).toMatchObject({ reason: "điện", formKey: "key" });
});

it("keeps each of the invigilator's messages once", () => {
  const notice = { type: "notice", id: 3, text: "Còn 15 phút", at_ms: 1 } as const;
  expect(sessionAfter(hear(WELCOME), hear(notice), hear(notice)).notices).toEqual([notice]);
});

it("holds what it had as evidence when someone else wrote meanwhile, until it is sent", () => {
  const there = { ...WELCOME, fence: 5, last_seq: 1, saved: [{ item: 9, response: "D", flagged: false }] };
  const session = sessionAfter(hear(WELCOME), say(1), { type: "closed", code: 1006 }, hear(there));
  expect(session.evidence).toMatchObject([{ item: 1 }]);
  expect(session.held.pending).toEqual([]);
  expect(reduce(session, { type: "evidence_sent" }).evidence).toEqual([]);
});
