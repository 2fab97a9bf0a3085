import type { ComponentType } from "preact";
import { RichText } from "../base/RichText";
import "./items.css";
import type { Content, Key, KindName, Response, ViewProps } from "./kind";
import { kindOf } from "./registry";

interface ItemViewProps {
  content: Content;
  /** The ids of options or statements in the order to show; empty or absent keeps the content's. */
  choices?: readonly string[];
  response?: Response;
  /** Unique on the page. */
  name: string;
  /** The id of the question's heading. */
  labelledBy?: string;
  readonly?: boolean;
  /** Marks the right answers: for staff only. */
  answerKey?: Key | null;
  onRespond?: (response: Response) => void;
}

/** An item as the candidate sees it: stem and what to answer with. */
export function ItemView({
  content,
  choices = [],
  response = null,
  name,
  labelledBy,
  readonly = false,
  answerKey,
  onRespond,
}: ItemViewProps) {
  const View = kindOf(content.kind).View as ComponentType<ViewProps<KindName>>;
  return (
    <div class="item">
      <div class="stem">
        <RichText text={content.stem} />
      </div>
      <View
        content={content}
        choices={choices}
        response={response}
        name={name}
        labelledBy={labelledBy}
        answerKey={answerKey}
        readonly={readonly || onRespond === undefined}
        onRespond={onRespond ?? (() => undefined)}
      />
    </div>
  );
}
