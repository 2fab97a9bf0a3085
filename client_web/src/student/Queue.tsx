import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../base/texts";
import { localNow } from "./connection";

const SPOKEN_MS = 10_000;
const LOOK_MS = 250;

/** The place in the queue, large; screen readers hear of it now and then and not at each step. */
export function QueuePlace({ position }: { position: number }) {
  const spoken = useSeldom(position);
  return (
    <div class="queue-place">
      <p aria-hidden="true">{t("queue_label")}</p>
      <p class="queue-number tabular" aria-hidden="true">
        {position}
      </p>
      <p class="visually-hidden" role="status">
        {t("queue_place", { position: spoken })}
      </p>
    </div>
  );
}

interface QueueWordsProps {
  text: "queue_strip" | "queue_waiting";
  position: number;
}

/** The place in the queue, within a sentence; only the first place is said aloud. */
export function QueueWords({ text, position }: QueueWordsProps) {
  const [first] = useState(position);
  return (
    <>
      <span aria-hidden="true" class="tabular">
        {t(text, { position })}
      </span>
      <span class="visually-hidden" role="status">
        {t(text, { position: first })}
      </span>
    </>
  );
}

/** Whole seconds until the moment, 0 when it is past. */
export function useSecondsUntil(moment_ms: number): number {
  const seconds = () => Math.max(0, Math.ceil((moment_ms - localNow()) / 1000));
  const [, setShown] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setShown(seconds), LOOK_MS);
    return () => clearInterval(timer);
  }, [moment_ms]);
  return seconds();
}

/** The value, but no newer than every ten seconds. */
function useSeldom(value: number): number {
  const latest = useRef(value);
  latest.current = value;
  const [seldom, setSeldom] = useState(value);
  useEffect(() => {
    const timer = setInterval(() => setSeldom(latest.current), SPOKEN_MS);
    return () => clearInterval(timer);
  }, []);
  return seldom;
}
