import type { ServerMessage } from "../protocol/messages";
import { type Loss, pauseAfter } from "./backoff";
import { type Ears, LINE_BROKE, type Line, type LineKind, type Outgoing, type ParkableLine } from "./line";
import { decide, openPolicy, type Policy, probeAfter } from "./line_policy";
import { CLOSE } from "./session";

const PING_MS = 5_000;
const FIRST_PINGS_MS = [0, 300, 900, 2_000] as const;
/** No sign of life for so long: the line is cut, though the browser has not noticed. */
const SILENCE_MS = 12_000;
const OPEN_TIMEOUT_MS = 8_000;
/** Longer than the server waits for its database before it says so: after that the line died unnoticed. */
const WELCOME_TIMEOUT_MS = 25_000;
/** In the queue the place is told as it moves, and a new line would begin at its end. */
const QUEUE_TIMEOUT_MS = 60_000;
const PROBE_TIMEOUT_MS = 12_000;

/** The page that the lines are held for. */
export interface Host {
  /** Milliseconds that never run backwards. */
  now(): number;
  /** From 0 to 1, at random. */
  chance(): number;
  /** A new line is being opened. */
  connecting(kind: LineKind): void;
  hear(message: ServerMessage): void;
  /** The line is gone. Gives what to go by before the next attempt; null when there shall be none. */
  lost(code: number): Loss | null;
  /** While on POST, a socket has taken over. */
  changed(kind: LineKind): void;
  ping(): string;
}

/** Opens lines. A socket says Hello only once `ready` has resolved. */
export interface Opener {
  socket(ears: Ears, ready?: () => Promise<void>): Line;
  post(ears: Ears): ParkableLine;
}

/** A line in use, or one that is tried beside it. */
interface Call {
  readonly kind: LineKind;
  readonly line: Line;
  heard: boolean;
  heard_ms: number;
  welcomed_ms: number | null;
}

/**
 * Keeps the page connected: opens a line, notices when it dies, opens the next; by POST where sockets fail, and back.
 * A page on POST stands still for the moment in which a socket says Hello, so that nothing is under way on two lines.
 */
export class Connector {
  readonly #host: Host;
  readonly #opener: Opener;
  #policy: Policy;
  #main: Call | null = null;
  #post: ParkableLine | null = null;
  #trial: Call | null = null;
  /** A socket that was tried said Hello and got no Welcome: the server may have given it the sitting. */
  #unanswered = false;
  #stopped = false;
  #retryTimer = 0;
  #watchTimer = 0;
  #trialTimer = 0;
  #timers: number[] = [];

  constructor(host: Host, opener: Opener, kind: LineKind = "socket") {
    this.#host = host;
    this.#opener = opener;
    this.#policy = openPolicy(kind);
  }

  /** Opens a line unless there is one. */
  connect(): void {
    if (this.#stopped || this.#main !== null) return;
    clearTimeout(this.#retryTimer);
    const { kind } = this.#policy;
    this.#host.connecting(kind);
    this.#unanswered = false;
    this.#main = this.#open(kind);
  }

  /** Opens a line now: one that hangs is given up. */
  connectNow(): void {
    if (this.#main?.line.opened === false) this.#drop();
    this.connect();
  }

  /** The network is back: opens a line soon, but not at the same moment as everyone else. */
  connectSoon(within_ms: number): void {
    if (this.#main?.heard) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = later(within_ms * this.#host.chance(), () => {
      // What began without a network may hang for long.
      if (this.#main?.heard === false) this.#drop();
      this.connect();
    });
  }

  /** The browser says that there is no network. */
  cut(): void {
    if (this.#main !== null) this.#lose(LINE_BROKE);
  }

  send(message: Outgoing): void {
    this.#main?.line.send(message);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    this.#drop();
  }

  #open(kind: LineKind, ready?: () => Promise<void>): Call {
    const ears: Ears = {
      hear: (message) => this.#hear(call, message),
      lost: (code) => this.#over(call, code),
    };
    const line = kind === "post" ? this.#openPost(ears) : this.#opener.socket(ears, ready);
    const call: Call = { kind, line, heard: false, heard_ms: this.#host.now(), welcomed_ms: null };
    if (ready === undefined) this.#watch(call);
    return call;
  }

  #openPost(ears: Ears): ParkableLine {
    this.#post = this.#opener.post(ears);
    return this.#post;
  }

  #hear(call: Call, message: ServerMessage): void {
    if (call === this.#trial) this.#judge(call, message);
    if (call !== this.#main) return;
    call.heard = true;
    call.heard_ms = this.#host.now();
    if (call.welcomed_ms === null) this.#waitFor(call, message);
    this.#host.hear(message);
  }

  #over(call: Call, code: number): void {
    if (call === this.#trial) this.#endTrial();
    else if (call === this.#main) this.#lose(code);
  }

  // Before Welcome

  #watch(call: Call): void {
    later(OPEN_TIMEOUT_MS, () => {
      if (call === this.#main && !call.line.opened) this.#lose(LINE_BROKE, true);
    });
    this.#giveUpAfter(WELCOME_TIMEOUT_MS);
  }

  #giveUpAfter(ms: number): void {
    clearTimeout(this.#watchTimer);
    this.#watchTimer = later(ms, () => this.#lose(LINE_BROKE));
  }

  #waitFor(call: Call, message: ServerMessage): void {
    if (message.type === "queued") this.#giveUpAfter(QUEUE_TIMEOUT_MS);
    if (message.type === "welcome") this.#settle(call);
  }

  // From Welcome on

  #settle(call: Call): void {
    clearTimeout(this.#watchTimer);
    call.welcomed_ms = this.#host.now();
    const ping = () => call === this.#main && call.line.send(() => this.#host.ping());
    this.#timers.push(...FIRST_PINGS_MS.map((delay) => later(delay, ping)));
    this.#timers.push(window.setInterval(() => this.#beat(call), PING_MS));
    if (call.kind === "post") this.#planTrial();
  }

  #beat(call: Call): void {
    // A POST that gets no reply ends by itself.
    const silent = this.#host.now() - call.heard_ms > SILENCE_MS;
    if (call.kind === "socket" && silent) this.#lose(LINE_BROKE);
    else call.line.send(() => this.#host.ping());
  }

  #lose(code: number, hung = false): void {
    const call = this.#main;
    if (call === null) return;
    this.#drop();
    // The server gave the sitting to the socket that was tried, and not to another page.
    if (code === CLOSE.superseded && this.#unanswered) this.connect();
    else this.#goOn(call, code, hung);
  }

  #goOn(call: Call, code: number, hung: boolean): void {
    const before = this.#policy.kind;
    const at_ms = this.#host.now();
    const lasted_ms = call.welcomed_ms === null ? null : at_ms - call.welcomed_ms;
    this.#policy = decide(this.#policy, { what: "lost", kind: call.kind, code, hung, lasted_ms, at_ms });
    const loss = this.#host.lost(code);
    if (loss === null || this.#stopped) return;
    // Another kind of line has not failed yet.
    const pause = this.#policy.kind === before ? loss : { ...loss, failures: 1 };
    this.#retryTimer = later(pauseAfter(pause, this.#host.chance()), () => this.connect());
  }

  #drop(): void {
    const [main, trial] = [this.#main, this.#trial];
    this.#main = this.#trial = this.#post = null;
    clearTimeout(this.#watchTimer);
    clearTimeout(this.#trialTimer);
    this.#quiet();
    main?.line.close();
    trial?.line.close();
  }

  #quiet(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  // A socket beside POST

  #planTrial(): void {
    this.#trialTimer = later(probeAfter(this.#policy, this.#host.chance()), () => this.#try());
  }

  #try(): void {
    const post = this.#post;
    if (post === null) return;
    this.#trial = this.#open("socket", async () => {
      await post.park();
      this.#unanswered = true;
    });
    this.#trialTimer = later(PROBE_TIMEOUT_MS, () => this.#endTrial());
  }

  /** The first message on the socket that is tried: Welcome, or that it is not its moment. */
  #judge(trial: Call, message: ServerMessage): void {
    if (message.type === "welcome") this.#takeOver(trial);
    else this.#endTrial();
  }

  #takeOver(trial: Call): void {
    clearTimeout(this.#trialTimer);
    this.#quiet();
    this.#post?.close();
    this.#post = this.#trial = null;
    this.#unanswered = false;
    this.#main = trial;
    this.#policy = decide(this.#policy, { what: "returned" });
    this.#host.changed("socket");
  }

  #endTrial(): void {
    clearTimeout(this.#trialTimer);
    this.#trial?.line.close();
    this.#trial = null;
    this.#policy = decide(this.#policy, { what: "probed" });
    this.#post?.resume();
    this.#planTrial();
  }
}

function later(ms: number, act: () => void): number {
  return window.setTimeout(act, ms);
}
