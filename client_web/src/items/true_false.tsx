import { Icon } from "../base/Icon";
import { RichText } from "../base/RichText";
import { t } from "../base/texts";
import type { Statement } from "../protocol/messages";
import { type ContentOf, type Kind, ordered, type Response, type ViewProps } from "./kind";

const LETTERS = "abcdefgh";
const VALUES = [true, false] as const;

type Values = readonly (boolean | null)[];

function valuesOf(content: ContentOf<"true_false">, response: Response): Values {
  return Array.isArray(response) ? response : content.statements.map(() => null);
}

/** The response with one statement's value changed; null when nothing is left, as an empty row of the sheet. */
function withValue(
  content: ContentOf<"true_false">,
  response: Response,
  id: string,
  value: boolean | null,
): Response {
  const values = valuesOf(content, response).map((old, index) =>
    content.statements[index]?.id === id ? value : old,
  );
  return values.every((each) => each === null) ? null : values;
}

function givenTo(content: ContentOf<"true_false">, response: Response, id: string): boolean | null {
  const index = content.statements.findIndex((statement) => statement.id === id);
  return valuesOf(content, response)[index] ?? null;
}

function View(props: ViewProps<"true_false">) {
  const { content, choices } = props;
  return (
    <table class="statements">
      <thead>
        <tr>
          <th scope="col" class="statement-letter">
            <span class="visually-hidden">{t("statement")}</span>
          </th>
          <th scope="col">{t("statement_text")}</th>
          <th scope="col" class="statement-value">
            {t("true")}
          </th>
          <th scope="col" class="statement-value">
            {t("false")}
          </th>
        </tr>
      </thead>
      <tbody>
        {ordered(content.statements, choices).map((statement, place) => (
          <Row key={statement.id} {...props} statement={statement} letter={LETTERS[place] ?? ""} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps extends ViewProps<"true_false"> {
  statement: Statement;
  letter: string;
}

function Row({ content, response, name, answerKey, readonly, onRespond, statement, letter }: RowProps) {
  const given = givenTo(content, response, statement.id);
  const truth = answerKey?.values[content.statements.indexOf(statement)];
  const textId = `${name}-${statement.id}`;
  return (
    <tr>
      <th scope="row" class="statement-letter">
        {letter})
      </th>
      <td class="statement-text" id={textId}>
        <RichText text={statement.body} />
      </td>
      {VALUES.map((value) => (
        <td key={String(value)} class="statement-value">
          <label class={truth === value ? "value value-right" : "value"}>
            <input
              type="radio"
              name={`${name}-${statement.id}`}
              checked={given === value}
              disabled={readonly}
              aria-label={`${letter}) ${t(value ? "true" : "false")}`}
              aria-describedby={textId}
              onChange={() => onRespond(withValue(content, response, statement.id, value))}
            />
            <span class="value-circle" aria-hidden="true">
              {t(value ? "true_letter" : "false_letter")}
            </span>
            {truth === value && <Icon name="check" label={t("key_right")} />}
          </label>
        </td>
      ))}
    </tr>
  );
}

export const trueFalse: Kind<"true_false"> = {
  name: "true_false",
  View,
  isAnswered: (content, response) => valuesOf(content, response).every((value) => value !== null),
  choose(content, choices, response, place) {
    const statement = ordered(content.statements, choices)[place];
    if (statement === undefined) return null;
    const next = givenTo(content, response, statement.id) !== true;
    return { response: withValue(content, response, statement.id, next) };
  },
};
