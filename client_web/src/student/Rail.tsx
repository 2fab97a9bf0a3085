import { Button } from "../base/Button";
import { Icon } from "../base/Icon";
import { t } from "../base/texts";
import type { PaperPart } from "../core/order";
import type { Progress, QuestionState } from "../core/progress";

interface RailProps {
  parts: readonly PaperPart[];
  progress: Progress;
  place: number;
  reviewing: boolean;
  onGo: (place: number) => void;
  onReview: () => void;
}

/** Question numbers by part: filled is answered, ring is in view, the corner is a flag. */
export function Rail({ parts, progress, place, reviewing, onGo, onReview }: RailProps) {
  const total = progress.states.length;
  return (
    <nav class="rail" aria-label={t("rail_title")}>
      <div class="rail-parts">
        {parts.map((part, index) => (
          <section key={index} class="rail-part">
            <h2>{part.label}</h2>
            <ol class="rail-numbers">
              {part.questions.map((question) => {
                const state = progress.states[question.place];
                if (state === undefined) return null;
                const shown = !reviewing && question.place === place;
                return (
                  <li key={question.item.id}>
                    <RailNumber state={state} part={part} current={shown} onGo={onGo} />
                  </li>
                );
              })}
            </ol>
          </section>
        ))}
      </div>
      <div class="rail-foot">
        <Legend />
        <p class="tabular">{t("rail_summary", { answered: progress.answered, total })}</p>
        <Button disabled={reviewing} onClick={onReview}>
          {t("review")}
        </Button>
      </div>
    </nav>
  );
}

interface RailNumberProps {
  state: QuestionState;
  part: PaperPart;
  current: boolean;
  onGo: (place: number) => void;
}

function RailNumber({ state, part, current, onGo }: RailNumberProps) {
  const { question, flagged } = state;
  const fill = fillOf(state);
  const name = [
    t("question_in_part", { number: question.number, part: part.label }),
    t(`rail_${fill}`),
    ...(flagged ? [t("rail_flagged")] : []),
  ];
  return (
    <button
      type="button"
      class={`number number-${fill}`}
      aria-label={name.join(", ")}
      aria-current={current ? "true" : undefined}
      onClick={() => onGo(question.place)}
    >
      {question.number}
      {flagged && <Corner />}
    </button>
  );
}

function Corner() {
  return (
    <span class="number-flag">
      <Icon name="flag" solid />
    </span>
  );
}

/** answered, partial (something is there, but it does not count yet) or empty. */
export function fillOf(state: QuestionState): "answered" | "partial" | "empty" {
  if (state.answered) return "answered";
  return state.response === null ? "empty" : "partial";
}

function Legend() {
  return (
    <ul class="legend">
      <li>
        <span class="number number-answered" /> {t("rail_answered")}
      </li>
      <li>
        <span class="number number-partial" /> {t("rail_partial")}
      </li>
      <li>
        <span class="number number-empty" /> {t("rail_empty")}
      </li>
      <li>
        <span class="number number-empty">
          <Corner />
        </span>{" "}
        {t("rail_flagged")}
      </li>
    </ul>
  );
}
