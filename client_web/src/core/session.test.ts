import { describe, expect, it } from "vitest";
import type { ServerMessage, Timing, Welcome } from "../protocol/messages";
import { CLOSE, type Input, mayConnect, openSession, reduce, type Session, uncounted } from "./session";

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
  reconnect_ms: 3_000,
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

describe("a crowd at the door", () => {
  const queued = (position: number) => hear({ type: "queued", position });

  it("shows the place in the queue until Welcome", () => {
    const session = sessionAfter({ type: "connecting" }, queued(40), queued(37));
    expect(session).toMatchObject({ link: "connecting", queue: 37 });
    expect(reduce(session, hear(WELCOME)).queue).toBeNull();
    expect(reduce(session, { type: "closed", code: 1006 }).queue).toBeNull();
  });

  it("comes again within what the server asked", () => {
    const retry = hear({ type: "retry", after_ms: 8_000 });
    const session = sessionAfter(hear(WELCOME), retry, { type: "closed", code: CLOSE.tryAgain });
    expect(session).toMatchObject({ retry_ms: 8_000, failures: 1 });
    expect(reduce(session, { type: "closed", code: 1006 }).retry_ms).toBeNull();
    expect(reduce(session, hear(WELCOME)).retry_ms).toBeNull();
  });

  it("spreads a broken line over what Welcome said", () => {
    expect(sessionAfter(hear(WELCOME), { type: "closed", code: 1006 })).toMatchObject({
      reconnect_ms: 3_000,
      retry_ms: null,
    });
  });
});

describe("a page that the server does not understand", () => {
  const round = (code: number): Input[] => [{ type: "connecting" }, hear(WELCOME), { type: "closed", code }];
  const four = (code: number) => sessionAfter(hear(WELCOME), say(1), ...Array(4).fill(round(code)).flat());

  it.each([CLOSE.badMessage, CLOSE.tooLarge])("stops after four closes with %i and holds all", (code) => {
    expect(sessionAfter(...Array(3).fill(round(code)).flat()).link).toBe("offline");
    const session = four(code);
    expect(session).toMatchObject({ link: "stuck", closeCode: code });
    expect(session.held.pending).toHaveLength(1);
    expect(mayConnect(session)).toBe(false);
  });

  it("goes on when asked, and takes the answers that follow", () => {
    const session = reduce(reduce(four(CLOSE.badMessage), { type: "unstuck" }), say(2));
    expect(session).toMatchObject({ link: "connecting", faults: 0 });
    expect(session.held.pending).toHaveLength(2);
  });

  it("begins anew once something was acknowledged", () => {
    const session = sessionAfter(hear(WELCOME), say(1), ...Array(3).fill(round(CLOSE.badMessage)).flat());
    expect(reduce(reduce(session, hear(WELCOME)), hear({ type: "ack", seq: 1 })).faults).toBe(0);
  });

  it("keeps coming back however often the line itself breaks", () => {
    expect(sessionAfter(...Array(20).fill(round(1006)).flat()).link).toBe("offline");
  });
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

describe("answers that do not count", () => {
  const receipt = {
    submitted_ms: 1,
    by: "server",
    answered: 0,
    items: 2,
    events: 1,
    digest: "",
    code: "",
  } as const;

  it("are those refused for coming late and those that found the script collected", () => {
    const session = sessionAfter(
      hear(WELCOME),
      say(1),
      say(2),
      hear({ type: "ack", seq: 1 }),
      hear({ type: "refused", seq: 2, code: "deadline" }),
      { type: "closed", code: 1006 },
      say(3),
      say(3),
      hear({
        ...WELCOME,
        fence: 2,
        last_seq: 1,
        saved: [{ item: 1, response: "A", flagged: false }],
        state: "closed",
        receipt,
      }),
    );
    expect(uncounted(session)).toEqual([2, 3]);
    expect(uncounted(reduce(session, hear({ type: "refused", seq: 2, code: "deadline" })))).toEqual([2, 3]);
  });

  it("are not those that a pause refused, for they could be given again", () => {
    expect(
      uncounted(sessionAfter(hear(WELCOME), say(1), hear({ type: "refused", seq: 1, code: "not_running" }))),
    ).toEqual([]);
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
