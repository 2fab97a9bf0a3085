import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ServerMessage } from "../protocol/messages";
import { Connector } from "./connector";
import { FakeServer } from "./fake_server";
import type { LineKind } from "./line";
import { replyOfStatus } from "./line";
import { sendable, textOf } from "./outbox";
import { CLOSE, type Input, mayConnect, openSession, reduce, type Session } from "./session";

/** A page without pictures: what it holds, and a connector that keeps it connected. */
class Page {
  session: Session = openSession();
  kind: LineKind = "socket";
  /** Every link the candidate would have seen. */
  readonly links: string[] = [];
  readonly connector: Connector;
  #fence: number | null = null;

  constructor(server: FakeServer, chance: () => number = () => 0.5, kind: LineKind = "socket") {
    const caller = {
      hello: () => ({ type: "hello", version: 1, fence: this.#fence }) as const,
      hold_ms: () => 1_500,
    };
    const host = {
      now: () => Date.now(),
      chance,
      connecting: (kind: LineKind) => {
        this.kind = kind;
        this.#dispatch({ type: "connecting" });
      },
      hear: (message: ServerMessage) => this.#hear(message),
      lost: (code: number) => {
        this.#dispatch({ type: "closed", code });
        return mayConnect(this.session) ? this.session : null;
      },
      changed: (kind: LineKind) => {
        this.kind = kind;
      },
      ping: () => JSON.stringify({ type: "ping", sent_ms: Date.now(), unsaved: 0, item: null }),
    };
    this.connector = new Connector(host, server.opener(caller), kind);
    this.connector.connect();
  }

  answer(item: number, response: string): void {
    this.#dispatch({ type: "did", deed: { type: "answer", item, response }, local_ms: Date.now() });
    this.#pump();
  }

  #hear(message: ServerMessage): void {
    this.#dispatch({ type: "message", message, local_ms: Date.now() });
    if (message.type === "welcome") this.#fence = message.fence;
    if (["welcome", "ack", "refused"].includes(message.type)) this.#pump();
  }

  #pump(): void {
    if (this.session.link !== "online") return;
    const ready = sendable(this.session.held, this.session.sent);
    for (const event of ready) this.connector.send(textOf(event));
    const through = ready.at(-1)?.seq;
    if (through !== undefined) this.#dispatch({ type: "sent", through });
  }

  #dispatch(input: Input): void {
    this.session = reduce(this.session, input);
    if (this.links.at(-1) !== this.session.link) this.links.push(this.session.link);
  }
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

let server: FakeServer;
let pages: Page[];

function open(chance?: () => number, kind?: LineKind): Page {
  const page = new Page(server, chance, kind);
  pages.push(page);
  return page;
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  pages = [];
});

afterEach(() => {
  for (const page of pages) page.connector.stop();
  vi.useRealTimers();
});

async function onPost(): Promise<Page> {
  server.weather.noSockets = true;
  const page = open();
  await pass(20 * SECOND);
  expect(page).toMatchObject({ kind: "post", session: { link: "online" } });
  return page;
}

function expectJournal(page: Page, ...responses: string[]): void {
  const kept = server.journal.map((text) => JSON.parse(text));
  expect(kept.map((event) => event.response)).toEqual(responses);
  expect(kept.map((event) => event.seq)).toEqual(responses.map((_, index) => index + 1));
  expect(server.conflicts).toEqual([]);
  expect(page.session.held.pending).toEqual([]);
}

describe("a page whose sockets are blocked", () => {
  it("sits by POST: answers are kept and acknowledged, the clock is measured", async () => {
    const page = await onPost();
    page.answer(1, "A");
    page.answer(1, "B");
    await pass(2 * SECOND);
    expectJournal(page, "A", "B");
    await pass(10 * SECOND);
    expect(page.session.clock.samples.length).toBeGreaterThan(3);
    expect(Math.max(...page.session.clock.samples.map((sample) => sample.rtt_ms))).toBeLessThan(100);
  });

  it("hears at once what the server tells", async () => {
    const page = await onPost();
    await pass(10 * SECOND);
    server.tell({ type: "notice", id: 1, text: "Còn 15 phút", at_ms: 1 });
    await pass(50);
    expect(page.session.notices).toHaveLength(1);
  });

  it("sends one request at a time, and few when there is nothing to say", async () => {
    const page = await onPost();
    await pass(MINUTE);
    expect(server.opened.post).toBe(1);
    expect(page.links).toEqual([
      "connecting",
      "offline",
      "connecting",
      "offline",
      "connecting",
      "offline",
      "connecting",
      "online",
    ]);
  });

  it("loses nothing when a reply is lost", async () => {
    const page = await onPost();
    page.answer(1, "A");
    while (server.journal.length === 0) await pass(1);
    server.weather.noReplies = true;
    await pass(SECOND);
    expect(page.session.held.pending).toHaveLength(1);
    server.weather.noReplies = false;
    page.answer(2, "B");
    await pass(30 * SECOND);
    expectJournal(page, "A", "B");
  });

  it("is welcomed anew by a server that does not know its line", async () => {
    const page = await onPost();
    const seen = page.links.length;
    server.forgetLines();
    page.answer(1, "A");
    await pass(5 * SECOND);
    expectJournal(page, "A");
    expect(page.links).toHaveLength(seen);
  });

  it("notices that another page has taken over, and stays away", async () => {
    const page = await onPost();
    server.takeOver();
    await pass(MINUTE);
    expect(page.session.link).toBe("superseded");
  });

  it("waits in the queue", async () => {
    server.queue = [2, 1];
    const page = await onPost();
    expect(page.session.queue).toBeNull();
  });
});

it("sits by POST soon where sockets neither open nor fail", async () => {
  server.weather.hangs = true;
  const page = open();
  await pass(20 * SECOND);
  expect(page).toMatchObject({ kind: "post", session: { link: "online" } });
});

it("gives up a line that hangs once the network is back", async () => {
  server.weather.hangs = true;
  const page = open();
  await pass(SECOND);
  server.weather.hangs = false;
  page.connector.connectSoon(1_000);
  await pass(SECOND);
  expect(page).toMatchObject({ kind: "socket", session: { link: "online" } });
  page.connector.connectSoon(1_000);
  await pass(10 * SECOND);
  expect(server.opened.socket).toBe(2);
});

describe("the way back to a socket", () => {
  it("is taken once a socket is welcomed, and the candidate notices nothing", async () => {
    const page = await onPost();
    page.answer(1, "A");
    await pass(2 * SECOND);
    const seen = page.links.length;
    server.weather.noSockets = false;
    for (let second = 0; second < 70; second += 1) {
      page.answer(1, `at ${second}`);
      await pass(SECOND);
    }
    expect(page.kind).toBe("socket");
    expect(page.links).toHaveLength(seen);
    expectJournal(page, "A", ...Array.from({ length: 70 }, (_, second) => `at ${second}`));
  });

  it("is not taken while sockets stay blocked, and POST goes on meanwhile", async () => {
    const page = await onPost();
    const sockets = server.opened.socket;
    const seen = page.links.length;
    await pass(5 * MINUTE);
    page.answer(1, "A");
    await pass(2 * SECOND);
    expect(server.opened.socket - sockets).toBeGreaterThanOrEqual(5);
    expect(server.opened.socket - sockets).toBeLessThanOrEqual(10);
    expect(page).toMatchObject({ kind: "post" });
    expect(page.links).toHaveLength(seen);
    expectJournal(page, "A");
  });

  it("is left to later when the server has a queue", async () => {
    const page = await onPost();
    server.weather.noSockets = false;
    server.queue = [500];
    await pass(50 * SECOND);
    expect(page.kind).toBe("post");
    page.answer(1, "A");
    await pass(MINUTE);
    expect(page.kind).toBe("socket");
    expectJournal(page, "A");
  });

  it("begins with POST after a reload where POST was needed before", async () => {
    server.weather.noSockets = true;
    const page = open(() => 0.5, "post");
    await pass(100);
    expect(page.session.link).toBe("online");
    expect(server.opened).toEqual({ socket: 0, post: 1 });
  });
});

describe("an outage", () => {
  it("does not keep a page on POST whose sockets worked before", async () => {
    const page = open();
    await pass(SECOND);
    server.weather.noNetwork = true;
    server.cutSockets();
    page.answer(1, "A");
    await pass(5 * MINUTE);
    expect(page.session.link).not.toBe("online");
    server.weather.noNetwork = false;
    await pass(40 * SECOND);
    expect(page).toMatchObject({ kind: "socket", session: { link: "online" } });
    expectJournal(page, "A");
  });

  it("spreads a room's return", async () => {
    const chances = [0, 0.25, 0.5, 0.75, 1];
    const room = chances.map((chance) => {
      server = new FakeServer();
      return { page: open(() => chance), server };
    });
    await pass(SECOND);
    for (const each of room) each.server.cutSockets();
    const back: number[] = [];
    for (let ms = 0; ms < 1_500; ms += 50) {
      back.push(room.filter(({ page }) => page.session.link !== "offline").length);
      await pass(50);
    }
    expect(back.filter((count, index) => count !== back[index - 1]).length).toBeGreaterThanOrEqual(4);
  });
});

describe("whatever the line does", () => {
  const random = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };

  function change(chance: () => number): void {
    const { weather } = server;
    if (chance() < 0.2) weather.noSockets = !weather.noSockets;
    if (chance() < 0.1) weather.hangs = !weather.hangs;
    if (chance() < 0.1) weather.noNetwork = !weather.noNetwork;
    if (chance() < 0.15) weather.noReplies = !weather.noReplies;
    if (chance() < 0.15) server.cutSockets();
    if (chance() < 0.05) server.forgetLines();
  }

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "nothing is lost, doubled or reordered (%i)",
    async (seed) => {
      const chance = random(seed + 1);
      const page = open(chance);
      const said: string[] = [];
      for (let step = 0; step < 60; step += 1) {
        change(chance);
        for (let count = Math.floor(chance() * 4); count > 0; count -= 1) {
          said.push(`${step}-${count}`);
          page.answer(Math.floor(chance() * 5), said.at(-1) as string);
        }
        await pass(chance() * 20 * SECOND);
      }
      Object.assign(server.weather, { noSockets: false, hangs: false, noNetwork: false, noReplies: false });
      await pass(10 * MINUTE);
      expect(page).toMatchObject({ kind: "socket", session: { link: "online" } });
      expectJournal(page, ...said);
    },
  );
});

it("reads a refused POST as the close that it is", () => {
  expect(replyOfStatus(401, null)?.close).toBe(CLOSE.unauthenticated);
  expect(replyOfStatus(413, null)?.close).toBe(CLOSE.tooLarge);
  expect(replyOfStatus(503, 7)).toEqual({
    line: "",
    messages: [{ type: "retry", after_ms: 7_000 }],
    close: CLOSE.tryAgain,
  });
  expect(replyOfStatus(404, null)).toBeNull();
});

it("sends an event as the same text before and after a reload", () => {
  const event = { type: "answer", item: 4, response: "B", seq: 7, at_ms: 12 } as const;
  expect(textOf(structuredClone(event))).toBe(textOf(event));
});
