import type { Content, Response } from "../items/kind";
import type { Saved } from "../protocol/messages";
import type { PaperPart, Question } from "./order";
import { type Held, shown, unsavedItems } from "./outbox";

export interface QuestionState {
  question: Question;
  response: Response;
  flagged: boolean;
  answered: boolean;
  /** Something of it is not acknowledged yet. */
  unsaved: boolean;
}

/** Whether a response counts as answered; given by the item kinds. */
export type Answered = (content: Content, response: Response) => boolean;

export interface Progress {
  states: readonly QuestionState[];
  answered: number;
  /** Answered questions whose latest response is acknowledged. */
  saved: number;
  /** Events that wait: 0 when all is saved. */
  waiting: number;
}

const EMPTY: Omit<Saved, "item"> = { response: null, flagged: false };

/** How far the candidate has come, question by question in the order shown. */
export function progressOf(parts: readonly PaperPart[], held: Held, isAnswered: Answered): Progress {
  const rows = shown(held);
  const unsaved = unsavedItems(held);
  const states = parts.flatMap((part) =>
    part.questions.map((question): QuestionState => {
      const { response, flagged } = rows.get(question.item.id) ?? EMPTY;
      const answered = isAnswered(question.item.content, response);
      return { question, response, flagged, answered, unsaved: unsaved.has(question.item.id) };
    }),
  );
  return {
    states,
    answered: states.filter((state) => state.answered).length,
    saved: states.filter((state) => state.answered && !state.unsaved).length,
    waiting: held.pending.filter((event) => event.type !== "visit").length,
  };
}
