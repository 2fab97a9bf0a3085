import { type Store, store } from "../base/store";
import { backoff } from "../core/backoff";
import { type Deed, type Held, missingFrom, positionOf, type SittingEvent, sendable } from "../core/outbox";
import { type Input, isFinal, mayConnect, openSession, reduce, type Session } from "../core/session";
import type { ClientMessage, Evidence, ServerMessage } from "../protocol/messages";
import { DamagedForm, sealedForm } from "./form";
import type { Storage } from "./storage";

export const PROTOCOL_VERSION = 1;

const PING_MS = 5_000;
const FIRST_PINGS_MS = [0, 300, 900, 2_000] as const;
/** No sign of life for so long: the line is cut, though the browser has not noticed. */
const SILENCE_MS = 12_000;
const OPEN_TIMEOUT_MS = 8_000;
/** A disk that hangs must not keep answers from the server. */
const STORE_TIMEOUT_MS = 3_000;
const EVIDENCE_CHUNK = 50;

/** The sealed form's state on this PC. */
export type FormState = "none" | "loading" | "damaged" | "ready";

export interface Sitting {
  session: Store<Session>;
  form: Store<{ state: FormState; bytes: Uint8Array<ArrayBuffer> | null }>;
  /** Whether answers are kept on this PC. */
  storing: Store<boolean>;
  did(deed: Deed): void;
  /** Takes the sitting over from the tab or PC that has it. */
  continueHere(): Promise<void>;
  retryNow(): void;
  stop(): void;
}

/** This page's clock: it does not jump when someone sets the PC's time. */
export function localNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/** Connects the candidate's sitting and keeps it connected. `held` is what this PC holds from before. */
export function startSitting(sitting: number, held: Held | undefined, storage: Storage): Sitting {
  const session = store(openSession(held));
  const form = store<{ state: FormState; bytes: Uint8Array<ArrayBuffer> | null }>({
    state: "none",
    bytes: null,
  });
  const storing = store(true);
  const fenceName = `khaothi.fence.${sitting}`;
  let fence = readFence(fenceName);
  let durable: Held = session.get().held;
  let saving = false;
  let stopped = false;
  let socket: WebSocket | null = null;
  let heard_ms = 0;
  /** Events left as evidence, each as its JSON. */
  const left = new Set<string>();
  let timers: number[] = [];
  let retryTimer = 0;

  function dispatch(input: Input): void {
    const before = session.get();
    const after = reduce(before, input);
    session.set(after);
    if (after.held !== before.held) void keep();
    if (after.form !== null && after.form.sha256 !== before.form?.sha256) void fetchForm();
  }

  async function keep(): Promise<void> {
    if (saving || stopped || session.get().link === "superseded") return;
    saving = true;
    while (durable !== session.get().held) {
      const held = session.get().held;
      await storeSafely(held);
      durable = held;
      pump();
    }
    saving = false;
    await forgetWhenIn();
  }

  async function storeSafely(held: Held): Promise<void> {
    const late = new Promise<"late">((resolve) => setTimeout(resolve, STORE_TIMEOUT_MS, "late"));
    try {
      // Without the server, this PC has the only copy.
      const strict = session.get().link !== "online";
      const first = await Promise.race([storage.save(sitting, held, strict), late]);
      storing.set(first !== "late");
    } catch (error) {
      // A full or broken disk: the answers still go to the server, and the page says what is missing.
      console.warn("answers are not kept on this PC", error);
      storing.set(false);
    }
  }

  async function forgetWhenIn(): Promise<void> {
    const { receipt, held, form: ref } = session.get();
    if (receipt === null || held.pending.length > 0) return;
    sessionStorage.removeItem(fenceName);
    await storage.clear(sitting, ref?.sha256 ?? null).catch(() => undefined);
  }

  function pump(): void {
    const { link, held, sent } = session.get();
    if (link !== "online") return;
    const stored = new Set(durable.pending);
    const ready = sendable(held, sent).filter((event) => stored.has(event));
    for (const event of ready) send(event);
    const last = ready.at(-1);
    if (last !== undefined) dispatch({ type: "sent", through: last.seq });
  }

  function send(message: ClientMessage): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function connect(): void {
    if (stopped || socket !== null) return;
    clearTimeout(retryTimer);
    dispatch({ type: "connecting" });
    const opened = new WebSocket(socketUrl());
    socket = opened;
    timers.push(window.setTimeout(() => opened.readyState !== WebSocket.OPEN && lose(1006), OPEN_TIMEOUT_MS));
    opened.onopen = () => {
      heard_ms = localNow();
      send({ type: "hello", version: PROTOCOL_VERSION, fence });
    };
    opened.onmessage = (event: MessageEvent<string>) => receive(JSON.parse(event.data) as ServerMessage);
    opened.onclose = (event) => socket === opened && lose(event.code);
  }

  function receive(message: ServerMessage): void {
    heard_ms = localNow();
    dispatch({ type: "message", message, local_ms: heard_ms });
    if (message.type === "welcome") welcomed(message.fence);
    if (message.type === "ack" || message.type === "refused") pump();
    if (message.type === "submitted") void forgetWhenIn();
  }

  function welcomed(next: number): void {
    fence = next;
    sessionStorage.setItem(fenceName, String(next));
    sendEvidence();
    report();
    pump();
    for (const delay of FIRST_PINGS_MS) timers.push(window.setTimeout(ping, delay));
    timers.push(window.setInterval(beat, PING_MS));
  }

  function beat(): void {
    if (localNow() - heard_ms > SILENCE_MS) lose(1006);
    else ping();
  }

  function ping(): void {
    const { held } = session.get();
    send({ type: "ping", sent_ms: localNow(), unsaved: held.pending.length, item: positionOf(held) });
  }

  function report(): void {
    const { form: ref } = session.get();
    if (ref !== null && form.get().state === "ready") send({ type: "received", sha256: ref.sha256 });
  }

  function sendEvidence(): void {
    const { evidence } = session.get();
    for (const events of chunksOf(evidence.filter((event) => !left.has(JSON.stringify(event))))) {
      send({ type: "evidence", events });
    }
    if (evidence.length > 0) dispatch({ type: "evidence_sent" });
  }

  /** A superseded tab leaves what it still held: one message in place of Hello, then the server closes. */
  async function leaveEvidence(): Promise<void> {
    for (const events of chunksOf(session.get().held.pending)) {
      await leaveOnce({ type: "evidence", events }, () => {
        for (const event of events) left.add(JSON.stringify(event));
      });
    }
  }

  /** The connection is gone, by its own close or by our verdict. */
  function lose(code: number): void {
    const gone = socket;
    socket = null;
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    if (gone !== null) gone.onclose = gone.onmessage = gone.onopen = null;
    gone?.close();
    dispatch({ type: "closed", code });
    if (session.get().link === "superseded") void leaveEvidence();
    if (mayConnect(session.get()))
      retryTimer = window.setTimeout(connect, backoff(session.get().failures, Math.random()));
  }

  async function fetchForm(): Promise<void> {
    const ref = session.get().form;
    if (ref === null || stopped) return;
    form.set({ state: "loading", bytes: null });
    for (let failures = 0; session.get().form?.sha256 === ref.sha256 && !stopped; failures += 1) {
      try {
        form.set({ state: "ready", bytes: await sealedForm(ref, storage) });
        report();
        return;
      } catch (error) {
        // The line may come back, and a damaged copy may come whole the next time; the page shows which it is.
        if (error instanceof DamagedForm) form.set({ state: "damaged", bytes: null });
        await new Promise((resolve) => setTimeout(resolve, 300 + backoff(failures, Math.random())));
      }
    }
  }

  function onOffline(): void {
    if (socket !== null) lose(1006);
  }

  function onOnline(): void {
    if (socket === null && mayConnect(session.get())) connect();
  }

  function onPageHide(): void {
    stopped = true;
    socket?.close();
  }

  function onPageShow(event: PageTransitionEvent): void {
    // Back from the browser's cache with its socket closed: start afresh from what this PC holds.
    if (event.persisted) location.reload();
  }

  window.addEventListener("pageshow", onPageShow);
  window.addEventListener("offline", onOffline);
  window.addEventListener("online", onOnline);
  window.addEventListener("pagehide", onPageHide);
  connect();

  return {
    session,
    form,
    storing,
    did: (deed) => dispatch({ type: "did", deed, local_ms: localNow() }),
    async continueHere() {
      fence = null;
      // Another tab of this browser may have written on: what it stored is newer than what this page holds.
      const mine = session.get().held;
      const stored = (await storage.load(sitting)) ?? mine;
      dispatch({ type: "continued", held: stored, evidence: missingFrom(mine.pending, stored.pending) });
      connect();
    },
    retryNow: onOnline,
    stop() {
      stopped = true;
      window.removeEventListener("pageshow", onPageShow);
      window.removeEventListener("offline", onOffline);
      window.removeEventListener("online", onOnline);
      window.removeEventListener("pagehide", onPageHide);
      if (socket !== null && !isFinal(session.get().state)) lose(1000);
      clearTimeout(retryTimer);
    },
  };
}

function chunksOf(events: readonly SittingEvent[]): Evidence["events"][] {
  const kept = events.filter((event) => event.type !== "submit");
  const starts = Array.from(
    { length: Math.ceil(kept.length / EVIDENCE_CHUNK) },
    (_, index) => index * EVIDENCE_CHUNK,
  );
  return starts.map((from) => kept.slice(from, from + EVIDENCE_CHUNK));
}

function leaveOnce(message: Evidence, onSent: () => void): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(socketUrl());
    socket.onopen = () => {
      socket.send(JSON.stringify(message));
      onSent();
    };
    socket.onclose = () => resolve();
  });
}

function socketUrl(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/sitting`;
}

function readFence(name: string): number | null {
  const text = sessionStorage.getItem(name);
  return text === null ? null : Number(text);
}
