import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button } from "../base/Button";
import { useStore } from "../base/store";
import { t } from "../base/texts";
import { type Command, commandOf, type KeyPress } from "../core/keyboard";
import type { PaperPart, Question } from "../core/order";
import { type Deed, positionOf } from "../core/outbox";
import { progressOf, type QuestionState } from "../core/progress";
import type { Response } from "../items/kind";
import { choose, isAnswered } from "../items/registry";
import type { Form } from "../protocol/messages";
import { useTimeOver } from "./clock_hooks";
import type { Sitting } from "./connection";
import { Display, Keys } from "./Display";
import { MessageList } from "./Messages";
import { headingId, QuestionSheet } from "./QuestionSheet";
import { Rail } from "./Rail";
import { Review } from "./Review";
import { Strips } from "./Strips";
import { type Settings, settings } from "./settings";
import { TopBar } from "./TopBar";
import "./paper.css";

export type Panel = "display" | "keys" | "messages" | null;

interface PaperProps {
  sitting: Sitting;
  form: Form;
  parts: readonly PaperPart[];
}

/** The paper: time and state above, questions left, the question in the middle, back – flag – next below. */
export function Paper({ sitting, form, parts }: PaperProps) {
  const session = useStore(sitting.session);
  const { mode, letters } = useStore(settings);
  const progress = useMemo(() => progressOf(parts, session.held, isAnswered), [parts, session.held]);
  const { states } = progress;
  const [place, setPlace] = useState(() => placeOf(states, positionOf(session.held)));
  const [reviewing, setReviewing] = useState(false);
  const [panel, setPanel] = useState<Panel>(null);
  const locked = useTimeOver(session);
  const moved = useRef(false);
  const current = states[place];

  const did = (deed: Deed) => {
    if (!locked) sitting.did(deed);
  };
  const visit = (next: number) => {
    const item = states[next]?.question.item.id;
    if (item === undefined) return;
    setPlace(next);
    if (item !== positionOf(sitting.session.get().held)) did({ type: "visit", item });
  };
  const goTo = (next: number) => {
    if (next < 0) return;
    setReviewing(next >= states.length);
    if (next >= states.length) return;
    if (next === place && !reviewing && current !== undefined) return showQuestion(current.question, mode);
    moved.current = true;
    visit(next);
  };
  const answer = (state: QuestionState, response: Response) => {
    did({ type: "answer", item: state.question.item.id, response });
  };
  const flag = (state: QuestionState) => {
    did({ type: "flag", item: state.question.item.id, on: !state.flagged });
  };
  const perform = (command: Command, state: QuestionState) => {
    switch (command.do) {
      case "previous":
        return goTo(place - 1);
      case "next":
        return goTo(place + 1);
      case "flag":
        return flag(state);
      case "keys":
        return setPanel("keys");
      case "clear":
        return state.response === null ? undefined : answer(state, null);
      case "choose": {
        const { item, choices } = state.question;
        const chosen = choose(item.content, choices, state.response, command.place);
        return chosen === null ? undefined : answer(state, chosen.response);
      }
    }
  };

  useEffect(() => visit(place), []);
  useLayoutEffect(() => {
    if (moved.current && current !== undefined && !reviewing) showQuestion(current.question, mode);
    moved.current = false;
  }, [place, reviewing]);
  useKeys((press) => {
    if (panel !== null || reviewing || current === undefined) return false;
    const command = commandOf(press, letters);
    if (command !== null) perform(command, current);
    return command !== null;
  });

  return (
    <div class="paper">
      <TopBar sitting={sitting} session={session} form={form} progress={progress} onPanel={setPanel} />
      <Strips session={session} sitting={sitting} states={states} parts={parts} locked={locked} />
      <div class="desk">
        <Rail
          parts={parts}
          progress={progress}
          place={place}
          reviewing={reviewing}
          onGo={goTo}
          onReview={() => setReviewing(true)}
        />
        {reviewing ? (
          <Review
            session={session}
            parts={parts}
            progress={progress}
            locked={locked}
            onGo={goTo}
            onReturn={() => goTo(place)}
            onSubmit={() => did({ type: "submit" })}
          />
        ) : (
          <QuestionSheet
            form={form}
            parts={parts}
            states={states}
            place={place}
            mode={mode}
            locked={locked}
            onAnswer={answer}
            onFlag={flag}
            onVisit={visit}
          />
        )}
      </div>
      {!reviewing && current !== undefined && (
        <Foot state={current} last={place === states.length - 1} locked={locked} onGo={goTo} onFlag={flag} />
      )}
      <Display open={panel === "display"} onClose={() => setPanel(null)} onKeys={() => setPanel("keys")} />
      <Keys open={panel === "keys"} onClose={() => setPanel(null)} />
      <MessageList open={panel === "messages"} notices={session.notices} onClose={() => setPanel(null)} />
    </div>
  );
}

interface FootProps {
  state: QuestionState;
  last: boolean;
  locked: boolean;
  onGo: (place: number) => void;
  onFlag: (state: QuestionState) => void;
}

function Foot({ state, last, locked, onGo, onFlag }: FootProps) {
  const { place } = state.question;
  return (
    <footer class="foot">
      <Button icon="left" disabled={place === 0} onClick={() => onGo(place - 1)}>
        {t("back")}
      </Button>
      <Button icon="flag" aria-pressed={state.flagged} disabled={locked} onClick={() => onFlag(state)}>
        {t(state.flagged ? "flag_off" : "flag_on")}
      </Button>
      <Button kind="primary" iconAfter="right" onClick={() => onGo(place + 1)}>
        {t(last ? "review" : "next")}
      </Button>
    </footer>
  );
}

/** Brings a question into view and says it: its heading takes the focus. */
function showQuestion(question: Question, mode: Settings["mode"]): void {
  const heading = document.getElementById(headingId(question));
  heading?.focus({ preventScroll: true });
  if (mode === "all") heading?.closest("article")?.scrollIntoView({ block: "start" });
  else heading?.scrollIntoView({ block: "nearest" });
}

function placeOf(states: readonly QuestionState[], item: number | null): number {
  return Math.max(
    0,
    states.findIndex((state) => state.question.item.id === item),
  );
}

/** Calls `act` for each key press outside dialogs; true means that it was one of ours. */
function useKeys(act: (press: KeyPress) => boolean): void {
  // Renewed with every render and not in an effect, which comes a frame later: a quick second key would answer the
  // question before.
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || document.querySelector("dialog[open]") !== null) return;
      const modified = event.ctrlKey || event.altKey || event.metaKey;
      const press = { code: event.code, key: event.key, modified, target: targetOf(event.target) };
      if (latest.current(press)) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function targetOf(target: EventTarget | null): KeyPress["target"] {
  if (target instanceof HTMLInputElement) {
    if (target.type === "radio") return "choice";
    return target.type === "checkbox" ? "button" : "text";
  }
  const operable = target instanceof HTMLElement && target.closest("button, a, select, summary") !== null;
  return operable ? "button" : "other";
}
