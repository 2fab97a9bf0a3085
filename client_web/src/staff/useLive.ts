import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Freshness, freshness, pollDelay, type ServerClock, serverNow } from "./core/clock";

const TICK_MS = 500;
const PATIENCE_MS = 5_000;

/** A page's view as last heard, the server's time now, and whether it is still being heard. */
export interface Live<View> {
  view: View | undefined;
  now_ms: number;
  freshness: Freshness;
  /** Ms since it was last heard. */
  age_ms: number;
  error: unknown;
  /** Asks at once. */
  again: () => void;
}

interface Heard<View> {
  view: View | undefined;
  clock: ServerClock;
  error: unknown;
}

/** Asks for a view; `former` is what was heard before. */
export type Ask<View> = (signal: AbortSignal, former: View | undefined) => Promise<View>;

/**
 * Asks for a view again and again, `period_ms` after each answer and more slowly while the server is away; what was
 * heard stays in view. It starts afresh when `inputs` change.
 */
export function useLive<View extends { now: string }>(
  ask: Ask<View>,
  inputs: readonly unknown[],
  period_ms = 1_000,
): Live<View> {
  const [heard, setHeard] = useState<Heard<View>>(() => ({
    view: undefined,
    clock: { server_ms: Date.now(), heard_ms: performance.now() },
    error: undefined,
  }));
  const [tick_ms, setTick] = useState(() => performance.now());
  const again = useRef(() => {});

  useEffect(() => {
    const timer = setInterval(() => setTick(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  useEffect(() => {
    const poll = new Poll(ask, period_ms, setHeard);
    again.current = () => poll.ask();
    poll.ask();
    return () => poll.stop();
  }, inputs);

  const age_ms = Math.max(0, tick_ms - heard.clock.heard_ms);
  return {
    view: heard.view,
    now_ms: serverNow(heard.clock, Math.max(tick_ms, heard.clock.heard_ms)),
    freshness: freshness(age_ms),
    age_ms,
    error: heard.error,
    again: useCallback(() => again.current(), []),
  };
}

/** One question at a time; the next when the answer is there, or when patience ends. */
class Poll<View extends { now: string }> {
  private view: View | undefined;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private abort = new AbortController();

  constructor(
    private readonly question: Ask<View>,
    private readonly period_ms: number,
    private readonly tell: (change: (former: Heard<View>) => Heard<View>) => void,
  ) {}

  ask(): void {
    this.stop();
    const abort = new AbortController();
    this.abort = abort;
    const patience = setTimeout(() => abort.abort("patience"), PATIENCE_MS);
    this.question(abort.signal, this.view)
      .then(
        (view) => this.abort === abort && this.hear(view),
        (error: unknown) => this.abort === abort && this.miss(error),
      )
      .finally(() => clearTimeout(patience));
  }

  stop(): void {
    clearTimeout(this.timer);
    const former = this.abort;
    this.abort = new AbortController();
    former.abort();
  }

  private hear(view: View): void {
    this.failures = 0;
    this.view = view;
    const clock = { server_ms: Date.parse(view.now), heard_ms: performance.now() };
    this.tell(() => ({ view, clock, error: undefined }));
    this.later();
  }

  private miss(error: unknown): void {
    this.failures += 1;
    this.tell((former) => ({ ...former, error }));
    this.later();
  }

  private later(): void {
    this.timer = setTimeout(() => this.ask(), Math.max(this.period_ms, pollDelay(this.failures)));
  }
}
