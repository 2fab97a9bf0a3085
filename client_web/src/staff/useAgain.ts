import { useEffect } from "preact/hooks";
import type { Load } from "./Loading";

const PERIOD_MS = 1_000;

/** Loads again a second after each answer, as long as there is something to wait for. */
export function useAgain<T>(load: Load<T>, waiting: boolean): void {
  const { busy, again } = load;
  useEffect(() => {
    if (!waiting || busy) return;
    const timer = setTimeout(again, PERIOD_MS);
    return () => clearTimeout(timer);
  }, [waiting, busy, again]);
}
