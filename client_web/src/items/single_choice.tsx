import { Icon } from "../base/Icon";
import { RichText } from "../base/RichText";
import { t } from "../base/texts";
import { type Kind, ordered, type ViewProps } from "./kind";

const LETTERS = "ABCDEFGH";

function View({
  content,
  choices,
  response,
  name,
  labelledBy,
  answerKey,
  readonly,
  onRespond,
}: ViewProps<"single_choice">) {
  return (
    <div class="options" role="radiogroup" aria-labelledby={labelledBy}>
      {ordered(content.options, choices).map((option, place) => {
        const right = answerKey?.option === option.id;
        return (
          <label key={option.id} class={right ? "option option-right" : "option"}>
            <input
              type="radio"
              name={name}
              checked={response === option.id}
              disabled={readonly}
              onChange={() => onRespond(option.id)}
            />
            <span class="letter">{LETTERS[place]}</span>
            <span class="option-body">
              <RichText text={option.body} phrasing />
            </span>
            {right && (
              <span class="right-mark">
                <Icon name="check" /> {t("key_right")}
              </span>
            )}
          </label>
        );
      })}
    </div>
  );
}

export const singleChoice: Kind<"single_choice"> = {
  name: "single_choice",
  View,
  isAnswered: (_content, response) => response !== null,
  choose(content, choices, _response, place) {
    const option = ordered(content.options, choices)[place];
    return option === undefined ? null : { response: option.id };
  },
};
