import type {
  ClientMessage,
  LineReply,
  LineRequest,
  ServerMessage,
  Timing,
  Welcome,
} from "../protocol/messages";
import type { Opener } from "./connector";
import { type Ears, LINE_BROKE, type Line, type Outgoing } from "./line";
import { type Caller, PostLine } from "./post_line";
import { CLOSE } from "./session";

const TIMING: Timing = {
  now_ms: 0,
  opens_ms: 0,
  limit_ms: 1,
  started_ms: 0,
  deadline_ms: 1e12,
  remaining_ms: null,
};
const CANDIDATE = { number: "1", name: "A", exam: "E", subject: "S", shift: "C", room: "R", seat: null };
const COMMIT_MS = 5;
const TRIP_MS = 10;
/** A socket is the slower one, so that what was still under way by POST comes first. */
const SOCKET_TRIP_MS = 30;

/** What may go wrong between the page and the server. */
export interface Weather {
  /** Sockets do not open. */
  noSockets: boolean;
  /** Sockets neither open nor fail. */
  hangs: boolean;
  /** Nothing gets through. */
  noNetwork: boolean;
  /** POST arrive, and the reply is lost. */
  noReplies: boolean;
}

/** A connection: where its messages go, and under which fence its events are taken. */
interface Tab {
  fence: number;
  tell(message: ServerMessage): void;
  end(code: number): void;
}

/**
 * A server for one sitting that keeps the contract of sockets and POST lines: the fence, the journal's `seq`, an
 * acknowledgement only for what is kept. For tests without a network.
 */
export class FakeServer {
  readonly weather: Weather = { noSockets: false, hangs: false, noNetwork: false, noReplies: false };
  /** The events' texts as kept, by seq − 1. */
  readonly journal: string[] = [];
  /** Events whose seq holds another text. */
  readonly conflicts: string[] = [];
  readonly opened = { socket: 0, post: 0 };
  /** Told before Welcome, each once. */
  queue: number[] = [];
  #fence = 0;
  #tabFence = 0;
  #holder: Tab | null = null;
  #sockets = new Set<FakeSocket>();
  #lines = new Map<string, FakePost>();

  opener(caller: Caller): Opener {
    return {
      socket: (ears, ready) => {
        this.opened.socket += 1;
        const socket = new FakeSocket(this, caller, ears, ready);
        this.#sockets.add(socket);
        return socket;
      },
      post: (ears) => {
        this.opened.post += 1;
        return new PostLine(caller, (body, signal) => this.#post(body, signal), ears);
      },
    };
  }

  /** Every socket breaks. */
  cutSockets(): void {
    for (const socket of this.#sockets) socket.end(LINE_BROKE);
    this.#sockets.clear();
  }

  /** A server that was started anew knows no line. */
  forgetLines(): void {
    this.#lines.clear();
    this.cutSockets();
    this.#holder = null;
  }

  /** Another page takes the sitting over. */
  takeOver(): void {
    this.enter(null, { fence: 0, tell: () => undefined, end: () => undefined });
  }

  tell(message: ServerMessage): void {
    this.#holder?.tell(message);
  }

  enter(fence: number | null, tab: Tab): boolean {
    if (fence !== null && (fence < this.#tabFence || fence > this.#fence)) {
      tab.end(CLOSE.superseded);
      return false;
    }
    this.#fence += 1;
    if (fence === null) this.#tabFence = this.#fence;
    this.#holder?.end(CLOSE.superseded);
    tab.fence = this.#fence;
    this.#holder = tab;
    for (const position of this.queue.splice(0)) tab.tell({ type: "queued", position });
    tab.tell(this.#welcome());
    return true;
  }

  receive(tab: Tab, text: string): void {
    const message = JSON.parse(text) as ClientMessage;
    if (message.type === "ping") tab.tell({ type: "pong", sent_ms: message.sent_ms, now_ms: Date.now() });
    if ("seq" in message) this.#take(tab, message.seq, text);
  }

  leave(tab: Tab): void {
    if (this.#holder === tab) this.#holder = null;
  }

  #take(tab: Tab, seq: number, text: string): void {
    if (tab !== this.#holder) tab.end(CLOSE.superseded);
    else if (seq > this.journal.length + 1) tab.end(CLOSE.outOfTurn);
    else this.#keep(tab, seq, text);
  }

  #keep(tab: Tab, seq: number, text: string): void {
    if (seq === this.journal.length + 1) this.journal.push(text);
    if (this.journal[seq - 1] !== text) this.conflicts.push(text);
    const acked = this.journal.length;
    setTimeout(() => tab.tell({ type: "ack", seq: acked }), COMMIT_MS);
  }

  #welcome(): Welcome {
    const events = this.journal.map((text) => JSON.parse(text));
    const saved = new Map(
      events.map((event) => [event.item, { item: event.item, response: event.response, flagged: false }]),
    );
    return {
      type: "welcome",
      version: 1,
      fence: this.#fence,
      state: "running",
      candidate: CANDIDATE,
      timing: { ...TIMING, now_ms: Date.now() },
      last_seq: this.journal.length,
      saved: [...saved.values()],
      position: null,
      form: null,
      order: null,
      form_key: null,
      reason: null,
      receipt: null,
      reconnect_ms: 1_000,
    };
  }

  async #post(body: string, signal: AbortSignal): Promise<LineReply> {
    await trip(signal);
    if (this.weather.noNetwork) throw new TypeError("Failed to fetch");
    const request = JSON.parse(body) as LineRequest;
    const line = this.#lineOf(request);
    // As on the wire: the very texts, which JSON.parse would lose.
    for (const text of textsIn(body)) this.receive(line, text);
    await line.reply(request.wait_ms ?? 0, textsIn(body).filter((text) => text.includes('"seq"')).length);
    const said = line.said.splice(0);
    await trip(signal);
    if (this.weather.noNetwork || this.weather.noReplies) throw new TypeError("Failed to fetch");
    return { line: line.name, messages: said, close: line.closed };
  }

  #lineOf(request: LineRequest): FakePost {
    const known = this.#lines.get(request.line ?? "");
    if (known !== undefined) return known;
    const made = new FakePost(`line-${this.#fence + 1}`);
    this.#lines.set(made.name, made);
    this.enter(request.hello.fence ?? null, made);
    return made;
  }
}

class FakeSocket implements Line {
  opened = false;
  #over = false;
  readonly #server: FakeServer;
  readonly #ears: Ears;
  readonly #tab: Tab;

  constructor(server: FakeServer, caller: Caller, ears: Ears, ready?: () => Promise<void>) {
    this.#server = server;
    this.#ears = ears;
    this.#tab = {
      fence: 0,
      tell: (message) => setTimeout(() => this.#over || ears.hear(message), SOCKET_TRIP_MS),
      end: (code) => setTimeout(() => this.end(code), SOCKET_TRIP_MS),
    };
    setTimeout(() => void this.#open(caller, ready), SOCKET_TRIP_MS);
  }

  send(message: Outgoing): void {
    const text = typeof message === "string" ? message : message();
    setTimeout(() => this.#over || this.#server.receive(this.#tab, text), SOCKET_TRIP_MS);
  }

  close(): void {
    this.#over = true;
    this.#server.leave(this.#tab);
  }

  end(code: number): void {
    if (this.#over) return;
    this.close();
    this.#ears.lost(code);
  }

  async #open(caller: Caller, ready?: () => Promise<void>): Promise<void> {
    const { noSockets, hangs, noNetwork } = this.#server.weather;
    if (hangs) return;
    if (noSockets || noNetwork) return this.end(LINE_BROKE);
    this.opened = true;
    await ready?.();
    if (!this.#over) this.#server.enter(caller.hello().fence ?? null, this.#tab);
  }
}

class FakePost implements Tab {
  fence = 0;
  closed: number | null = null;
  readonly said: ServerMessage[] = [];
  #wake: () => void = () => undefined;

  constructor(readonly name: string) {}

  tell(message: ServerMessage): void {
    this.said.push(message);
    this.#wake();
  }

  end(code: number): void {
    this.closed = code;
    this.#wake();
  }

  /** Resolves when there is something to tell, or the wait is over; with events not before they are judged. */
  async reply(wait_ms: number, events: number): Promise<void> {
    const judged = () => this.said.filter((message) => message.type === "ack").length >= events;
    const timer = { over: wait_ms === 0 };
    if (wait_ms > 0) setTimeout(() => this.#end(timer), wait_ms);
    while (this.closed === null && !(judged() && (timer.over || this.said.length > 0))) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #end(timer: { over: boolean }): void {
    timer.over = true;
    this.#wake();
  }
}

function trip(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    setTimeout(resolve, TRIP_MS);
  });
}

/** The texts between the brackets of `"messages":[…]`, which PostLine writes first. */
function textsIn(body: string): string[] {
  const end = body.indexOf('],"hello"');
  const inner = body.slice('{"messages":['.length, end);
  return inner === "" ? [] : inner.split(/(?<=\}),(?=\{)/);
}
