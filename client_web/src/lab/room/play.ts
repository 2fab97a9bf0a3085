import { ApiError, getJson, sendJson } from "../../base/api";
import type { Proofs, RehearsalMeasured, RehearsalPlan, RehearsalVerdict } from "../../protocol/messages";
import { askTime, offsetOf, steadyNow } from "../server_clock";
import { percentile } from "../stats";
import { Candidate, type Latency } from "./candidate";
import { Door } from "./door";
import { proves } from "./proof";

export type Step = "enter" | "arrive" | "wait" | "answer" | "cut" | "hand_in" | "prove";

/** How things stand while it is played. */
export interface Standing {
  step: Step;
  students: number;
  loggedIn: number;
  papers: number;
  started: number;
  sent: number;
  acknowledged: number;
  receipts: number;
  /** Seconds to the bell, negative after it; null before the code was exchanged. */
  bell_s: number | null;
}

/** The verdict and what it rests on; times from the bell. */
export interface Played {
  verdict: RehearsalVerdict;
  latencies: readonly Latency[];
  cut_ms: number;
}

export interface Wish {
  code: string;
  students: number;
  minutes: number;
}

/** Somebody sits an exam in this browser: the room test would log them out. */
export class Occupied extends Error {}

/** What should have come at once is waited for so long; what comes later counts as missing. */
const PATIENCE_MS = 30_000;
const HAND_IN_MS = 2_000;
const EXCHANGES = 8;

/** Plays a room test to its verdict. Throws Occupied, ApiError or NetworkError. */
export async function play(wish: Wish, tell: (standing: Standing) => void): Promise<Played> {
  await refuseOccupied();
  const plan = await sendJson<RehearsalPlan>("POST", "/api/rehearsal", wish);
  const run = new Run(plan, tell);
  try {
    return await run.play();
  } finally {
    run.stop();
    await sendJson("POST", "/api/candidate/logout").catch(() => undefined);
  }
}

async function refuseOccupied(): Promise<void> {
  try {
    await getJson("/api/candidate/me");
  } catch (error) {
    if (error instanceof ApiError) return;
    throw error;
  }
  throw new Occupied();
}

class Run {
  readonly #plan: RehearsalPlan;
  readonly #candidates: readonly Candidate[];
  readonly #tell: (standing: Standing) => void;
  readonly #ticking: number;
  #step: Step = "enter";
  #bell_ms: number | null = null;
  #wake: () => void = () => undefined;
  #timers: number[] = [];

  constructor(plan: RehearsalPlan, tell: (standing: Standing) => void) {
    const door = new Door();
    this.#plan = plan;
    this.#tell = tell;
    this.#candidates = plan.students.map((login) => new Candidate(login, door, () => this.#wake()));
    this.#ticking = window.setInterval(() => this.#say(), 250);
  }

  async play(): Promise<Played> {
    const offset_ms = offsetOf(await askTime(EXCHANGES)) ?? 0;
    const bell_ms = this.#plan.opens_ms - offset_ms;
    this.#bell_ms = bell_ms;
    this.#enter("arrive");
    for (const candidate of this.#candidates) void candidate.connect();
    await this.#until((candidate) => candidate.paper, bell_ms);
    this.#enter("wait");
    await this.#until((candidate) => candidate.started_ms !== null, bell_ms + PATIENCE_MS);
    this.#enter("answer");
    await this.#answer(bell_ms);
    this.#enter("hand_in");
    await this.#handIn();
    this.#enter("prove");
    return this.#report(bell_ms);
  }

  stop(): void {
    clearInterval(this.#ticking);
    for (const timer of this.#timers) clearTimeout(timer);
    for (const candidate of this.#candidates) candidate.stop();
  }

  async #answer(bell_ms: number): Promise<void> {
    const { every_ms, cut_ms, submit_ms } = this.#plan;
    const end_ms = bell_ms + submit_ms;
    for (const candidate of this.#candidates) {
      this.#keepAnswering(candidate, steadyNow() + Math.random() * every_ms, end_ms);
    }
    this.#at(bell_ms + cut_ms, () => {
      this.#enter("cut");
      for (const candidate of this.#candidates) candidate.cut();
    });
    await this.#sleepUntil(bell_ms + cut_ms);
    await this.#until((candidate) => candidate.away_ms !== null, bell_ms + cut_ms + PATIENCE_MS);
    this.#enter("answer");
    await this.#sleepUntil(end_ms);
  }

  #keepAnswering(candidate: Candidate, due_ms: number, end_ms: number): void {
    if (due_ms >= end_ms) return;
    this.#at(due_ms, () => {
      candidate.answer(due_ms, Math.random);
      this.#keepAnswering(candidate, due_ms + this.#plan.every_ms, end_ms);
    });
  }

  async #handIn(): Promise<void> {
    const now_ms = steadyNow();
    for (const candidate of this.#candidates) {
      this.#at(now_ms + Math.random() * HAND_IN_MS, () => candidate.handIn());
    }
    const handedIn = ({ session }: Candidate) => session.receipt !== null;
    await this.#until(handedIn, now_ms + HAND_IN_MS + PATIENCE_MS);
  }

  async #report(bell_ms: number): Promise<Played> {
    const { token, cut_ms } = this.#plan;
    const { proofs } = await sendJson<Proofs>("POST", "/api/rehearsal/proofs", { token });
    const bySitting = new Map(proofs.map((proof) => [proof.sitting, proof]));
    const proved = this.#candidates.filter(({ session, acknowledged }, place) => {
      const proof = bySitting.get(this.#plan.students[place]?.sitting ?? 0);
      return session.receipt !== null && proof && proves(proof, acknowledged, session.receipt.digest);
    });
    const measured = measure(this.#candidates, bell_ms, bell_ms + cut_ms, proved.length);
    const verdict = await sendJson<RehearsalVerdict>("POST", "/api/rehearsal/report", { token, measured });
    const latencies = this.#candidates.flatMap((candidate) => candidate.latencies);
    const fromBell = latencies.map((one) => ({ ...one, due_ms: one.due_ms - bell_ms }));
    return { verdict, latencies: fromBell, cut_ms };
  }

  #enter(step: Step): void {
    this.#step = step;
    this.#say();
  }

  #say(): void {
    const count = (counts: (candidate: Candidate) => boolean) => this.#candidates.filter(counts).length;
    const sum = (size: (candidate: Candidate) => number) =>
      this.#candidates.reduce((total, candidate) => total + size(candidate), 0);
    this.#tell({
      step: this.#step,
      students: this.#candidates.length,
      loggedIn: count((candidate) => candidate.loggedIn),
      papers: count((candidate) => candidate.paper),
      started: count((candidate) => candidate.started_ms !== null),
      sent: sum((candidate) => candidate.sent),
      acknowledged: sum((candidate) => candidate.latencies.length),
      receipts: count((candidate) => candidate.session.receipt !== null),
      bell_s: this.#bell_ms === null ? null : (this.#bell_ms - steadyNow()) / 1000,
    });
  }

  #at(moment_ms: number, act: () => void): void {
    this.#timers.push(window.setTimeout(act, Math.max(0, moment_ms - steadyNow())));
  }

  #sleepUntil(moment_ms: number): Promise<void> {
    return new Promise((resolve) => this.#at(moment_ms, resolve));
  }

  /** Resolves once all candidates are so, or at the moment. */
  #until(so: (candidate: Candidate) => boolean, moment_ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        if (!this.#candidates.every(so)) return;
        this.#wake = () => undefined;
        resolve();
      };
      this.#at(moment_ms, resolve);
      this.#wake();
    });
  }
}

/** What the server judges by. `cut_ms` on the page's steady clock, as `bell_ms`. */
export function measure(
  candidates: readonly Candidate[],
  bell_ms: number,
  cut_ms: number,
  proved: number,
): RehearsalMeasured {
  const present = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const bells = present(candidates.map(({ started_ms }) => started_ms)).map((at) =>
    Math.max(0, at - bell_ms),
  );
  const aways = present(candidates.map(({ away_ms }) => away_ms));
  const taken = candidates.flatMap((candidate) => undisturbed(candidate, cut_ms));
  const sum = (size: (candidate: Candidate) => number) =>
    candidates.reduce((total, candidate) => total + size(candidate), 0);
  return {
    logged_in: candidates.filter(({ loggedIn }) => loggedIn).length,
    papers: candidates.filter(({ paper }) => paper).length,
    started: bells.length,
    reconnected: aways.length,
    receipts: candidates.filter(({ session }) => session.receipt !== null).length,
    proved,
    breaks: sum(({ breaks }) => breaks),
    sent: sum(({ sent }) => sent),
    acknowledged: sum(({ latencies }) => latencies.length),
    refused: sum(({ session }) => session.refusals.length),
    bell_ms: Math.max(...bells, bells.length < candidates.length ? PATIENCE_MS : 0),
    ack_p50_ms: percentile(taken, 0.5) ?? PATIENCE_MS,
    ack_p99_ms: percentile(taken, 0.99) ?? PATIENCE_MS,
    reconnect_ms: Math.max(...aways, aways.length < candidates.length ? PATIENCE_MS : 0),
  };
}

/** Latencies of what was not under way while the line was cut. */
function undisturbed({ latencies, away_ms }: Candidate, cut_ms: number): number[] {
  const back_ms = cut_ms + (away_ms ?? PATIENCE_MS);
  return latencies
    .filter(({ due_ms, taken_ms }) => due_ms > back_ms || due_ms + taken_ms < cut_ms)
    .map(({ taken_ms }) => taken_ms);
}
