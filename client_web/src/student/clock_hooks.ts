import { useEffect, useState } from "preact/hooks";
import { remaining, serverTime } from "../core/clock";
import type { Session } from "../core/session";
import { localNow } from "./connection";

const LOOK_MS = 250;

/** What `look` says of the server's time, looked at four times a second; renders only when it changes. */
export function useServerTime<T extends string | number | boolean | null>(
  session: Session,
  look: (server_ms: number) => T,
): T {
  const seen = look(serverTime(session.clock, localNow()));
  const [, setShown] = useState(seen);
  useEffect(() => {
    const update = () => setShown(() => look(serverTime(session.clock, localNow())));
    update();
    const timer = setInterval(update, LOOK_MS);
    return () => clearInterval(timer);
  });
  return seen;
}

/** Whether the time allowed is over; renders only when it ends. */
export function useTimeOver(session: Session): boolean {
  return useServerTime(
    session,
    (now_ms) => session.timing !== null && remaining(session.timing, now_ms) === 0,
  );
}

/** What is left of the time allowed in whole seconds, a begun one counted; null before the bell. */
export function useSecondsLeft(session: Session): number | null {
  return useServerTime(session, (now_ms) => {
    const left = session.timing === null ? null : remaining(session.timing, now_ms);
    return left === null ? null : Math.ceil(left / 1000);
  });
}

/** True once `on` has lasted for so long; false at once. */
export function useLasting(on: boolean, ms: number): boolean {
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!on) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), ms);
    return () => clearTimeout(timer);
  }, [on]);
  return on && lasting;
}
