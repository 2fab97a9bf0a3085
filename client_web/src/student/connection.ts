import { type Store, store } from "../base/store";
import { backoff, type Loss } from "../core/backoff";
import { Connector } from "../core/connector";
import type { LineKind } from "../core/line";
import {
  type Deed,
  type Held,
  missingFrom,
  positionOf,
  type SittingEvent,
  sendable,
  textOf,
} from "../core/outbox";
import { type Input, mayConnect, openSession, reduce, type Session } from "../core/session";
import type { ClientMessage, Evidence, FormRef, Ping, ServerMessage } from "../protocol/messages";
import { DamagedForm, sealedForm } from "./form";
import { opener, socketUrl } from "./lines";
import type { Storage } from "./storage";

export const PROTOCOL_VERSION = 1;

/** How long the server may hold back a POST's reply: an answer given meanwhile waits for it. */
const HOLD_RUNNING_MS = 1_500;
const HOLD_MS = 5_000;
const EVIDENCE_CHUNK = 50;
const FETCH_PAUSE_MS = 300;

/** The sealed form's state on this PC. */
export type FormState = "none" | "loading" | "damaged" | "ready";

export interface SealedForm {
  state: FormState;
  bytes: Uint8Array<ArrayBuffer> | null;
}

/** This page's clock: it does not jump when someone sets the PC's time. */
export function localNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/**
 * A candidate's sitting as this page lives it: connects, stays connected, stores before it sends, sends again what was not
 * acknowledged. What is true is in `session`, changed by `reduce` alone.
 */
export class Sitting {
  readonly session: Store<Session>;
  readonly form = store<SealedForm>({ state: "none", bytes: null });
  /** Whether answers are kept on this PC. */
  readonly storing: Store<boolean>;
  /** The line in use or being opened. */
  readonly line: Store<LineKind>;

  readonly #id: number;
  readonly #storage: Storage;
  readonly #ears = new AbortController();
  /** Events left as evidence, each as its JSON. */
  readonly #left = new Set<string>();
  #fence: number | null;
  #durable: Held;
  #saving = false;
  #stopped = false;
  readonly #connector: Connector;

  /** Connects at once. `held` is what this PC holds from before. */
  constructor(id: number, held: Held | undefined, storage: Storage) {
    this.#id = id;
    this.#storage = storage;
    this.storing = store(storage.lasting);
    this.session = store(openSession(held));
    this.#durable = this.session.get().held;
    this.#fence = readFence(this.#fenceName);
    this.line = store(sessionStorage.getItem(this.#lineName) === "post" ? "post" : "socket");
    this.#connector = this.#makeConnector();
    this.#listen();
    this.#connector.connect();
  }

  /** The candidate answered, flagged, went to a question or handed in. */
  did(deed: Deed): void {
    this.#dispatch({ type: "did", deed, local_ms: localNow() });
  }

  /** Takes the sitting over from the tab or PC that has it. */
  async continueHere(): Promise<void> {
    this.#fence = null;
    const mine = this.session.get().held;
    const stored = await this.#storage.load(this.#id).catch(() => undefined);
    // Where another tab of this browser has written on, what it stored is newer than what this page holds.
    const held = stored !== undefined && (stored.fence ?? 0) > (mine.fence ?? 0) ? stored : mine;
    this.#dispatch({ type: "continued", held, evidence: missingFrom(mine.pending, held.pending) });
    this.#connector.connect();
  }

  /** Connects without waiting for the next attempt, also where the page had given up. */
  retryNow(): void {
    if (this.session.get().link === "stuck") this.#dispatch({ type: "unstuck" });
    if (mayConnect(this.session.get())) this.#connector.connectNow();
  }

  /** Leaves for good; the candidate logs out. */
  stop(): void {
    this.#stopped = true;
    this.#ears.abort();
    this.#connector.stop();
  }

  get #lineName(): string {
    return `khaothi.line.${this.#id}`;
  }

  get #fenceName(): string {
    return `khaothi.fence.${this.#id}`;
  }

  #dispatch(input: Input): void {
    const before = this.session.get();
    const after = reduce(before, input);
    this.session.set(after);
    if (after.held !== before.held) void this.#keep();
    if (after.form !== null && after.form.sha256 !== before.form?.sha256) void this.#fetchForm(after.form);
  }

  #listen(): void {
    const { signal } = this.#ears;
    window.addEventListener("offline", () => this.#connector.cut(), { signal });
    window.addEventListener("online", () => this.#backOnline(), { signal });
    window.addEventListener("pagehide", () => this.stop(), { signal });
    // Back from the browser's cache with its socket closed: start afresh from what this PC holds.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  // Storing

  async #keep(): Promise<void> {
    if (this.#saving || this.#stopped) return;
    this.#saving = true;
    // A superseded tab must not write over what the newer one stores.
    while (this.session.get().link !== "superseded" && this.#durable !== this.session.get().held) {
      const { held } = this.session.get();
      await this.#store(held);
      this.#durable = held;
      this.#pump();
    }
    this.#saving = false;
    await this.#forgetWhenIn();
  }

  async #store(held: Held): Promise<void> {
    // Without the server, this PC has the only copy.
    const strict = this.session.get().link !== "online";
    try {
      await this.#storage.save(this.#id, held, strict);
      this.storing.set(this.#storage.lasting);
    } catch (error) {
      // A full, broken or hanging disk: the answers still go to the server, and the page says what is missing.
      console.warn("answers are not kept on this PC", error);
      this.storing.set(false);
    }
  }

  async #forgetWhenIn(): Promise<void> {
    const { receipt, held, form } = this.session.get();
    if (receipt === null || held.pending.length > 0) return;
    sessionStorage.removeItem(this.#fenceName);
    await this.#storage.clear(this.#id, form?.sha256 ?? null).catch(() => undefined);
  }

  // Connecting

  #makeConnector(): Connector {
    const host = {
      now: localNow,
      chance: Math.random,
      connecting: (kind: LineKind) => {
        this.line.set(kind);
        this.#dispatch({ type: "connecting" });
      },
      hear: (message: ServerMessage) => this.#receive(message),
      lost: (code: number) => this.#lost(code),
      changed: (kind: LineKind) => this.line.set(kind),
      ping: () => JSON.stringify(this.#ping()),
    };
    const caller = {
      hello: () => ({ type: "hello", version: PROTOCOL_VERSION, fence: this.#fence }) as const,
      hold_ms: () => (this.session.get().state === "running" ? HOLD_RUNNING_MS : HOLD_MS),
    };
    return new Connector(host, opener(this.#id, caller), this.line.get());
  }

  #backOnline(): void {
    const session = this.session.get();
    // When the server asked for more patience, it is given.
    if (mayConnect(session) && session.retry_ms === null) this.#connector.connectSoon(session.reconnect_ms);
  }

  #lost(code: number): Loss | null {
    this.#dispatch({ type: "closed", code });
    const session = this.session.get();
    if (session.link === "superseded") void this.#leaveEvidence();
    return mayConnect(session) ? session : null;
  }

  #receive(message: ServerMessage): void {
    this.#dispatch({ type: "message", message, local_ms: localNow() });
    if (message.type === "welcome") this.#welcomed(message.fence);
    if (message.type === "ack" || message.type === "refused") this.#pump();
    if (message.type === "submitted") void this.#forgetWhenIn();
  }

  #welcomed(fence: number): void {
    this.#fence = fence;
    sessionStorage.setItem(this.#fenceName, String(fence));
    sessionStorage.setItem(this.#lineName, this.line.get());
    this.#sendEvidence();
    this.#report();
    this.#pump();
  }

  // Sending

  #send(message: ClientMessage): void {
    this.#connector.send(JSON.stringify(message));
  }

  /** Sends what is stored and may go. */
  #pump(): void {
    const { link, held, sent } = this.session.get();
    if (link !== "online") return;
    const stored = new Set(this.#durable.pending);
    const ready = sendable(held, sent).filter((event) => stored.has(event));
    for (const event of ready) this.#connector.send(textOf(event));
    const last = ready.at(-1);
    if (last !== undefined) this.#dispatch({ type: "sent", through: last.seq });
  }

  #ping(): Ping {
    const { held } = this.session.get();
    return { type: "ping", sent_ms: localNow(), unsaved: held.pending.length, item: positionOf(held) };
  }

  #report(): void {
    const { form } = this.session.get();
    if (form !== null && this.form.get().state === "ready")
      this.#send({ type: "received", sha256: form.sha256 });
  }

  #sendEvidence(): void {
    const { evidence } = this.session.get();
    for (const events of chunksOf(evidence.filter((event) => !this.#left.has(JSON.stringify(event))))) {
      this.#send({ type: "evidence", events });
    }
    if (evidence.length > 0) this.#dispatch({ type: "evidence_sent" });
  }

  /** A superseded tab leaves what it still held: one message in place of Hello, then the server closes. */
  async #leaveEvidence(): Promise<void> {
    for (const events of chunksOf(this.session.get().held.pending)) {
      await leaveOnce(this.#id, { type: "evidence", events }, () => {
        for (const event of events) this.#left.add(JSON.stringify(event));
      });
    }
  }

  // The form

  async #fetchForm(ref: FormRef): Promise<void> {
    this.form.set({ state: "loading", bytes: null });
    for (let failures = 0; this.session.get().form?.sha256 === ref.sha256 && !this.#stopped; failures += 1) {
      try {
        this.form.set({ state: "ready", bytes: await sealedForm(ref, this.#storage) });
        this.#report();
        return;
      } catch (error) {
        // The line may come back, and a damaged copy may come whole the next time; the page shows which it is.
        if (error instanceof DamagedForm) this.form.set({ state: "damaged", bytes: null });
        await new Promise((resolve) =>
          setTimeout(resolve, FETCH_PAUSE_MS + backoff(failures, Math.random())),
        );
      }
    }
  }
}

function chunksOf(events: readonly SittingEvent[]): Evidence["events"][] {
  const kept = events.filter((event) => event.type !== "submit");
  const starts = Array.from(
    { length: Math.ceil(kept.length / EVIDENCE_CHUNK) },
    (_, index) => index * EVIDENCE_CHUNK,
  );
  return starts.map((from) => kept.slice(from, from + EVIDENCE_CHUNK));
}

function leaveOnce(sitting: number, message: Evidence, onSent: () => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl(sitting));
    socket.onopen = () => {
      socket.send(JSON.stringify(message));
      onSent();
    };
    socket.onclose = () => resolve();
  });
}

function readFence(name: string): number | null {
  const text = sessionStorage.getItem(name);
  return text === null ? null : Number(text);
}
