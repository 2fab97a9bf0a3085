import { pauseAfter } from "../../core/backoff";
import { sendable, textOf } from "../../core/outbox";
import { openSession, reduce, type Session } from "../../core/session";
import type { Answer, Form, FormItem, RehearsalLogin, ServerMessage } from "../../protocol/messages";
import { PROTOCOL_VERSION } from "../../student/connection";
import { openForm, sealedForm } from "../../student/form";
import { memoryStorage } from "../../student/storage";
import { steadyNow } from "../server_clock";
import type { Door } from "./door";

const PING_MS = 5_000;

/** An acknowledged event: when it was due on the page's steady clock, and after how long it was safe. */
export interface Latency {
  due_ms: number;
  taken_ms: number;
}

/** A made-up candidate on a socket of this page, with what was measured of it. */
export class Candidate {
  readonly latencies: Latency[] = [];
  readonly acknowledged = new Map<number, string>();
  loggedIn = false;
  paper = false;
  /** When question 1 could be shown. */
  started_ms: number | null = null;
  /** How long it was away after the cut. */
  away_ms: number | null = null;
  sent = 0;
  breaks = 0;
  session: Session = openSession();
  readonly #login: RehearsalLogin;
  readonly #door: Door;
  readonly #changed: () => void;
  readonly #texts = new Map<number, string>();
  readonly #due = new Map<number, number>();
  #socket: WebSocket | null = null;
  #form: Form | null = null;
  #sealed: Promise<Uint8Array<ArrayBuffer>> | null = null;
  #opening = false;
  #cut_ms: number | null = null;
  #stopped = false;
  #pinging = 0;
  #retry = 0;

  constructor(login: RehearsalLogin, door: Door, changed: () => void) {
    this.#login = login;
    this.#door = door;
    this.#changed = changed;
  }

  /** Logs in and holds the line from now on. */
  async connect(): Promise<void> {
    if (this.#stopped) return;
    try {
      const socket = await this.#door.enter(this.#login);
      this.loggedIn = true;
      this.#use(socket);
    } catch {
      this.#lost(1006);
    }
  }

  /** Answers some question; it was due at `due_ms`. */
  answer(due_ms: number, chance: () => number): void {
    if (this.#form === null || this.session.receipt !== null) return;
    const items = this.#form.parts.flatMap((part) => part.items);
    const item = items[Math.floor(chance() * items.length)];
    if (item === undefined) return;
    this.#do({ type: "answer", item: item.id, response: responseTo(item, chance) }, due_ms);
  }

  handIn(): void {
    if (this.#form !== null) this.#do({ type: "submit" }, steadyNow());
  }

  /** Cuts the line on purpose; it comes back by itself. */
  cut(): void {
    this.#cut_ms = steadyNow();
    if (this.#socket === null) return;
    const socket = this.#socket;
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.#lost(1006);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearInterval(this.#pinging);
    if (this.#socket === null) return;
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
    this.#socket = null;
  }

  #use(socket: WebSocket): void {
    if (this.#stopped) {
      socket.close();
      return;
    }
    this.#socket = socket;
    socket.onmessage = (event: MessageEvent<string>) => this.#hear(JSON.parse(event.data) as ServerMessage);
    socket.onclose = (event) => {
      if (this.session.receipt === null && !this.#stopped) this.breaks += 1;
      this.#lost(event.code);
    };
    this.session = reduce(this.session, { type: "connecting" });
    this.#send({ type: "hello", version: PROTOCOL_VERSION, fence: this.session.held.fence });
    this.#pinging = window.setInterval(() => this.#ping(), PING_MS);
  }

  #lost(code: number): void {
    clearInterval(this.#pinging);
    this.#socket = null;
    this.session = reduce(this.session, { type: "closed", code });
    this.#changed();
    if (this.#stopped || this.session.receipt !== null) return;
    const { failures, retry_ms, reconnect_ms } = this.session;
    const pause = pauseAfter({ failures, faults: 0, retry_ms, reconnect_ms }, Math.random());
    this.#retry = window.setTimeout(() => void this.connect(), pause);
  }

  #hear(message: ServerMessage): void {
    const before = this.session;
    this.session = reduce(before, { type: "message", message, local_ms: steadyNow() });
    if (message.type === "welcome") this.#welcomed();
    if (message.type === "ack" || message.type === "welcome") this.#settle(this.session.held.acked);
    if (message.type === "submitted") this.#settle(message.receipt.events);
    if (before.formKey !== this.session.formKey || message.type === "state") void this.#openWhenDue();
    this.#pump();
    this.#changed();
  }

  #welcomed(): void {
    if (this.#cut_ms !== null && this.away_ms === null) this.away_ms = steadyNow() - this.#cut_ms;
    void this.#fetchPaper();
    void this.#openWhenDue();
  }

  async #fetchPaper(): Promise<void> {
    const { form } = this.session;
    if (form === null || this.#sealed !== null) return;
    this.#sealed = sealedForm(form, memoryStorage());
    try {
      await this.#sealed;
      this.paper = true;
      this.#send({ type: "received", sha256: form.sha256 });
      await this.#openWhenDue();
    } catch {
      this.#sealed = null;
      this.#retry = window.setTimeout(() => void this.#fetchPaper(), 1_000);
    }
    this.#changed();
  }

  async #openWhenDue(): Promise<void> {
    const { formKey, state } = this.session;
    if (this.#opening || this.#sealed === null || formKey === null || state !== "running") return;
    this.#opening = true;
    this.#form = await openForm(await this.#sealed, formKey);
    this.started_ms = steadyNow();
    this.#changed();
  }

  #do(deed: { type: "submit" } | Pick<Answer, "type" | "item" | "response">, due_ms: number): void {
    this.session = reduce(this.session, { type: "did", deed, local_ms: steadyNow() });
    const event = this.session.held.pending.at(-1);
    if (event === undefined) return;
    this.#due.set(event.seq, due_ms);
    this.sent += 1;
    this.#pump();
  }

  #settle(through: number): void {
    for (const [seq, text] of this.#texts) {
      if (seq > through || this.acknowledged.has(seq)) continue;
      this.acknowledged.set(seq, text);
      const due_ms = this.#due.get(seq);
      if (due_ms !== undefined) this.latencies.push({ due_ms, taken_ms: steadyNow() - due_ms });
    }
  }

  #pump(): void {
    if (this.session.link !== "online" || this.#socket?.readyState !== WebSocket.OPEN) return;
    const ready = sendable(this.session.held, this.session.sent);
    for (const event of ready) {
      const text = textOf(event);
      this.#texts.set(event.seq, text);
      this.#socket.send(text);
    }
    const last = ready.at(-1);
    if (last !== undefined) this.session = reduce(this.session, { type: "sent", through: last.seq });
  }

  #ping(): void {
    const unsaved = this.session.held.pending.length;
    this.#send({ type: "ping", sent_ms: Math.round(steadyNow()), unsaved, item: null });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function responseTo({ content }: FormItem, chance: () => number): Answer["response"] {
  switch (content.kind) {
    case "single_choice":
      return content.options[Math.floor(chance() * content.options.length)]?.id ?? null;
    case "true_false":
      return content.statements.map(() => chance() < 0.5);
    case "short_answer":
      return String(Math.floor(chance() * 1_000));
  }
}
