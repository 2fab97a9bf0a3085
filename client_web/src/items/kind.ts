import type { ComponentType } from "preact";
import type { ItemDetail, Saved } from "../protocol/messages";

export type Content = ItemDetail["content"];
export type Key = NonNullable<ItemDetail["key"]>;
export type KindName = Content["kind"];
export type Response = Saved["response"];

export type ContentOf<Name extends KindName> = Extract<Content, { kind: Name }>;
export type KeyOf<Name extends KindName> = Extract<Key, { kind: Name }>;

/** What the view of a kind is given. Responses are in canonical ids whatever order is shown. */
export interface ViewProps<Name extends KindName> {
  content: ContentOf<Name>;
  /** The ids of options or statements in the order to show; empty keeps the content's. */
  choices: readonly string[];
  response: Response;
  /** Unique on the page: names radio groups and ids. */
  name: string;
  /** The id of the element that names the question for screen readers. */
  labelledBy?: string | undefined;
  /** With a key, the right answers are marked: for staff only. */
  answerKey?: KeyOf<Name> | null | undefined;
  readonly: boolean;
  onRespond: (response: Response) => void;
}

/** Behaviour of one item kind on a page. Kinds do not know each other. */
export interface Kind<Name extends KindName> {
  name: Name;
  /** Answering part: options, statements, boxes. The stem is drawn by ItemView. */
  View: ComponentType<ViewProps<Name>>;
  /** As the server counts it. */
  isAnswered(content: ContentOf<Name>, response: Response): boolean;
  /** The response after the candidate pressed the key of the choice at `place` (0 is 1 or A); null: no such choice. */
  choose(
    content: ContentOf<Name>,
    choices: readonly string[],
    response: Response,
    place: number,
  ): { response: Response } | null;
}

/** The entries in the order of `choices`; in their own order where that is empty. */
export function ordered<Entry extends { id: string }>(
  entries: readonly Entry[],
  choices: readonly string[],
): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const found = choices.map((id) => byId.get(id)).filter((entry) => entry !== undefined);
  return found.length === entries.length ? found : [...entries];
}
