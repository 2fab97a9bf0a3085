import type { Hello, LineReply } from "../protocol/messages";
import { type Ears, LINE_BROKE, type Outgoing, type ParkableLine } from "./line";
import { MAX_IN_FLIGHT } from "./outbox";

/** Sends a LineRequest's JSON. Rejects when the server was not reached; aborts by the signal. */
export type Post = (body: string, signal: AbortSignal) => Promise<LineReply>;

/** What the page tells of itself with each request. */
export interface Caller {
  hello(): Hello;
  /** How long the server may hold back an idle reply for news. */
  hold_ms(): number;
}

/** Well below what the server and the proxies before it take. */
const MAX_TEXT = 32 * 1024;
/** A reply may be held this much longer than asked: the server waits for its database before it says so. */
const PATIENCE_MS = 20_000;
/** Between two requests when a server or a proxy does not hold replies back. */
const LEAST_ROUND_MS = 250;

/**
 * The line of last resort: one POST after another, each with what there is to say, each answered with what there is to
 * hear. One at a time, so that messages keep their order.
 */
export class PostLine implements ParkableLine {
  readonly opened = true;
  readonly #caller: Caller;
  readonly #post: Post;
  readonly #ears: Ears;
  readonly #end = new AbortController();
  #name: string | null = null;
  #waiting: Outgoing[] = [];
  #onParked: (() => void) | null = null;
  #onResumed: (() => void) | null = null;

  constructor(caller: Caller, post: Post, ears: Ears) {
    this.#caller = caller;
    this.#post = post;
    this.#ears = ears;
    void this.#talk();
  }

  send(message: Outgoing): void {
    this.#waiting.push(message);
  }

  close(): void {
    this.#end.abort();
    this.resume();
  }

  park(): Promise<void> {
    return new Promise((resolve) => {
      this.#onParked = resolve;
    });
  }

  resume(): void {
    this.#onParked = null;
    this.#onResumed?.();
    this.#onResumed = null;
  }

  get #over(): boolean {
    return this.#end.signal.aborted;
  }

  async #talk(): Promise<void> {
    while (!this.#over) {
      await this.#parked();
      const code = this.#over ? null : await this.#round();
      if (code !== null && !this.#over) {
        this.#end.abort();
        this.#ears.lost(code);
      }
    }
  }

  async #parked(): Promise<void> {
    if (this.#onParked === null) return;
    this.#onParked();
    await new Promise<void>((resolve) => {
      this.#onResumed = resolve;
    });
  }

  /** One request and its reply; the code when the line is over. */
  async #round(): Promise<number | null> {
    const texts = this.#take();
    // In the first one the server is to say Welcome.
    const idle = texts.length === 0 && this.#name !== null;
    const least = idle ? pause(LEAST_ROUND_MS) : null;
    const reply = await this.#ask(texts, idle ? this.#caller.hold_ms() : 0);
    if (reply === null) return LINE_BROKE;
    this.#name = reply.line;
    for (const message of reply.messages) {
      if (!this.#over) this.#ears.hear(message);
    }
    if (reply.close === null && reply.messages.length === 0) await least;
    return reply.close;
  }

  /** What leaves now, in order. */
  #take(): string[] {
    const texts: string[] = [];
    let length = 0;
    while (texts.length < MAX_IN_FLIGHT && length < MAX_TEXT) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      const text = typeof next === "string" ? next : next();
      texts.push(text);
      length += text.length;
    }
    return texts;
  }

  /** The reply; null when none came. */
  async #ask(texts: readonly string[], wait_ms: number): Promise<LineReply | null> {
    const body = requestText(this.#caller.hello(), this.#name, texts, wait_ms);
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), wait_ms + PATIENCE_MS);
    const giveUp = () => patience.abort();
    this.#end.signal.addEventListener("abort", giveUp);
    try {
      return await this.#post(body, patience.signal);
    } catch {
      // Whatever the browser, a proxy or the patience above says: nobody knows what arrived, so begin anew.
      return null;
    } finally {
      clearTimeout(timer);
      this.#end.signal.removeEventListener("abort", giveUp);
    }
  }
}

/** A LineRequest with the messages' texts put in as they are: the journal keeps these very bytes. */
function requestText(hello: Hello, line: string | null, texts: readonly string[], wait_ms: number): string {
  const rest = JSON.stringify({ hello, line, wait_ms }).slice(1);
  return `{"messages":[${texts.join(",")}],${rest}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
