import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../base/Button";
import { Dialog } from "../base/Dialog";
import { formatCountdown } from "../base/formats";
import { t } from "../base/texts";
import type { PaperPart } from "../core/order";
import type { Progress, QuestionState } from "../core/progress";
import type { Session } from "../core/session";
import { useSecondsLeft } from "./clock_hooks";
import { fillOf } from "./Rail";

interface ReviewProps {
  session: Session;
  parts: readonly PaperPart[];
  progress: Progress;
  locked: boolean;
  onGo: (place: number) => void;
  onReturn: () => void;
  onSubmit: () => void;
}

/** What is empty and what is flagged, before handing in. */
export function Review({ session, parts, progress, locked, onGo, onReturn, onSubmit }: ReviewProps) {
  const [asking, setAsking] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const { states, answered } = progress;
  const total = states.length;
  const lists = <Lists parts={parts} states={states} onGo={onGo} />;
  return (
    <main class="sheet">
      <section class="column review">
        <h1 ref={heading} tabIndex={-1}>
          {t("review_title")}
        </h1>
        <p class="review-counts">
          {answered === total ? t("review_all", { total }) : t("review_counts", { answered, total })}
        </p>
        {lists}
        <div class="actions">
          <Button icon="left" onClick={onReturn}>
            {t("review_return")}
          </Button>
          <Button kind="primary" disabled={locked} onClick={() => setAsking(true)}>
            {t("submit")}
          </Button>
        </div>
      </section>
      <Dialog
        open={asking}
        title={t("submit_title")}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("submit_cancel")}</Button>
            <Button kind="primary" disabled={locked} onClick={onSubmit}>
              {t("submit_confirm")}
            </Button>
          </>
        }
      >
        <p>
          {t("submit_text")} <TimeLeft session={session} />
        </p>
        {answered === total ? <p>{t("submit_full")}</p> : null}
        <Lists
          parts={parts}
          states={states}
          onGo={(place) => {
            setAsking(false);
            onGo(place);
          }}
          onlyFound
        />
      </Dialog>
    </main>
  );
}

function TimeLeft({ session }: { session: Session }) {
  const seconds = useSecondsLeft(session);
  return seconds === null ? null : (
    <strong class="tabular">{t("submit_time", { time: formatCountdown(seconds * 1000) })}</strong>
  );
}

interface ListsProps {
  parts: readonly PaperPart[];
  states: readonly QuestionState[];
  onGo: (place: number) => void;
  /** Leaves out what has no questions. */
  onlyFound?: boolean;
}

const GROUPS = [
  { text: "review_empty", holds: (state: QuestionState) => fillOf(state) === "empty" },
  { text: "review_partial", holds: (state: QuestionState) => fillOf(state) === "partial" },
  { text: "review_flagged", holds: (state: QuestionState) => state.flagged },
] as const;

function Lists({ parts, states, onGo, onlyFound = false }: ListsProps) {
  return (
    <>
      {GROUPS.map(({ text, holds }) => {
        const found = states.filter(holds);
        if (found.length === 0 && (onlyFound || text === "review_partial")) return null;
        return (
          <section key={text} class="review-group">
            <h2>{t(text, { count: found.length })}</h2>
            {found.length === 0 && <p class="soft">{t("review_none")}</p>}
            {parts.map((part, index) => (
              <PartLine
                key={part.label}
                part={part}
                states={found.filter((state) => state.question.part === index)}
                onGo={onGo}
              />
            ))}
          </section>
        );
      })}
    </>
  );
}

interface PartLineProps {
  part: PaperPart;
  states: readonly QuestionState[];
  onGo: (place: number) => void;
}

function PartLine({ part, states, onGo }: PartLineProps) {
  if (states.length === 0) return null;
  return (
    <div class="review-part">
      <span class="review-label">{part.label}</span>
      <ul>
        {states.map(({ question }) => (
          <li key={question.item.id}>
            <Button
              small
              aria-label={t("question_in_part", { number: question.number, part: part.label })}
              onClick={() => onGo(question.place)}
            >
              {t("question", { number: question.number })}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
