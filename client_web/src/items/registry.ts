import type { Content, Kind, KindName, Response } from "./kind";
import { shortAnswer } from "./short_answer";
import { singleChoice } from "./single_choice";
import { trueFalse } from "./true_false";

/** The item kinds. A new kind is one file here and its name in this line. */
const KINDS: { [Name in KindName]: Kind<Name> } = {
  single_choice: singleChoice,
  true_false: trueFalse,
  short_answer: shortAnswer,
};

/** The behaviour of the item's kind. */
export function kindOf<Name extends KindName>(name: Name): Kind<Name> {
  return KINDS[name];
}

/** Whether the response counts as answered, as the server counts it. */
export function isAnswered(content: Content, response: Response): boolean {
  return (kindOf(content.kind) as Kind<KindName>).isAnswered(content, response);
}

/** The response after the key of the choice at `place` (0 is 1 or A); null when there is no such choice. */
export function choose(
  content: Content,
  choices: readonly string[],
  response: Response,
  place: number,
): { response: Response } | null {
  return (kindOf(content.kind) as Kind<KindName>).choose(content, choices, response, place);
}
