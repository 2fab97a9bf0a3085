import { Button } from "../base/Button";
import { formatDecimal, pointsKey } from "../base/formats";
import { Icon } from "../base/Icon";
import { RichText } from "../base/RichText";
import { t } from "../base/texts";
import type { PaperPart, Question } from "../core/order";
import type { QuestionState } from "../core/progress";
import { ItemView } from "../items/ItemView";
import type { Response } from "../items/kind";
import type { Form, FormPassage } from "../protocol/messages";
import type { Settings } from "./settings";

interface SheetProps {
  form: Form;
  parts: readonly PaperPart[];
  states: readonly QuestionState[];
  place: number;
  mode: Settings["mode"];
  locked: boolean;
  onAnswer: (state: QuestionState, response: Response) => void;
  onFlag: (state: QuestionState) => void;
  onVisit: (place: number) => void;
}

/** The id of a question's heading. */
export function headingId(question: Question): string {
  return `question-${question.item.id}`;
}

/** The question in view, or all of them on one page. */
export function QuestionSheet(props: SheetProps) {
  return props.mode === "all" ? <AllQuestions {...props} /> : <OneQuestion {...props} />;
}

function OneQuestion(props: SheetProps) {
  const state = props.states[props.place];
  const part = props.parts[state?.question.part ?? 0];
  if (state === undefined || part === undefined) return null;
  const passage = passageOf(props.form, state.question);
  // Keyed by item: the next question starts at its top, while a shared passage stays where it was scrolled to.
  const question = (
    <>
      <PartHead part={part} />
      <QuestionArticle {...props} state={state} part={part} />
    </>
  );
  if (passage === undefined) {
    return (
      <main class="sheet" key={state.question.item.id}>
        <div class="column">{question}</div>
      </main>
    );
  }
  return (
    <main class="sheet sheet-split" key={`passage-${passage.id}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable with the keyboard. */}
      <section class="pane passage" aria-label={t("passage")} tabIndex={0}>
        <PassageBody passage={passage} parts={props.parts} />
      </section>
      <div class="pane" key={state.question.item.id}>
        {question}
      </div>
    </main>
  );
}

function AllQuestions(props: SheetProps) {
  return (
    <main class="sheet">
      <div class="column">
        {props.parts.map((part, index) => (
          <section key={index} class="part">
            <PartHead part={part} />
            {part.questions.map((question, place) => {
              const state = props.states[question.place];
              const passage = passageOf(props.form, question);
              const before = part.questions[place - 1];
              const first = passage !== undefined && before?.item.passage !== question.item.passage;
              return (
                <div key={question.item.id}>
                  {first && (
                    <section class="passage passage-inline" aria-label={t("passage")}>
                      <PassageBody passage={passage} parts={props.parts} />
                    </section>
                  )}
                  {state && (
                    <div onFocusIn={() => question.place !== props.place && props.onVisit(question.place)}>
                      <QuestionArticle {...props} state={state} part={part} />
                    </div>
                  )}
                </div>
              );
            })}
          </section>
        ))}
      </div>
    </main>
  );
}

function PartHead({ part }: { part: PaperPart }) {
  return (
    <header class="part-head">
      <p class="part-label">{part.label}</p>
      {part.instruction && <p class="part-instruction">{part.instruction}</p>}
    </header>
  );
}

function PassageBody({ passage, parts }: { passage: FormPassage; parts: readonly PaperPart[] }) {
  const numbers = parts.flatMap((part) =>
    part.questions
      .filter((question) => question.item.passage === passage.id)
      .map((question) => question.number),
  );
  const [first, last] = [numbers.at(0) ?? 0, numbers.at(-1) ?? 0];
  return (
    <>
      <h2 class="passage-title">
        {first === last ? t("passage_for_one", { number: first }) : t("passage_for", { first, last })}
      </h2>
      <RichText text={passage.body} />
    </>
  );
}

interface ArticleProps extends SheetProps {
  state: QuestionState;
  part: PaperPart;
}

function QuestionArticle({ state, part, place, mode, locked, onAnswer, onFlag }: ArticleProps) {
  const { question, response, flagged } = state;
  const id = headingId(question);
  return (
    <article class={question.place === place ? "question question-current" : "question"}>
      <header class="question-head">
        <h1
          id={id}
          tabIndex={-1}
          aria-label={t("question_in_part", { number: question.number, part: part.label })}
        >
          {t("question", { number: question.number })}
        </h1>
        <span class="points">
          {t(pointsKey(question.item.points), { points: formatDecimal(question.item.points) })}
        </span>
        {flagged && (
          <span class="flagged">
            <Icon name="flag" solid /> {t("flagged")}
          </span>
        )}
      </header>
      <ItemView
        content={question.item.content}
        choices={question.choices}
        response={response}
        name={`item-${question.item.id}`}
        labelledBy={id}
        readonly={locked}
        onRespond={(next) => onAnswer(state, next)}
      />
      <div class="question-tools">
        {mode === "all" && (
          <Button
            kind="quiet"
            small
            icon="flag"
            aria-pressed={flagged}
            disabled={locked}
            onClick={() => onFlag(state)}
          >
            {t(flagged ? "flag_off" : "flag_on")}
          </Button>
        )}
        <Button
          kind="quiet"
          small
          icon="close"
          disabled={locked}
          class={response === null ? "invisible" : ""}
          onClick={() => onAnswer(state, null)}
        >
          {t("clear")}
        </Button>
      </div>
    </article>
  );
}

function passageOf(form: Form, question: Question): FormPassage | undefined {
  const id = question.item.passage;
  return id === null ? undefined : form.passages.find((passage) => passage.id === id);
}
