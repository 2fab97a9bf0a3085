import { Icon } from "../base/Icon";
import { t } from "../base/texts";
import type { Kind, ViewProps } from "./kind";
import { boxText } from "./short_answer_text";

const DEFAULT_LENGTH = 4;

function View({
  content,
  response,
  name,
  labelledBy,
  answerKey,
  readonly,
  onRespond,
}: ViewProps<"short_answer">) {
  const length = content.max_length ?? DEFAULT_LENGTH;
  const text = typeof response === "string" ? response : "";
  return (
    <div class="short-answer">
      <label class="short-answer-label" for={`${name}-text`}>
        {t("short_answer")}
      </label>
      <div class="boxes" style={{ "--boxes": String(length) }}>
        <input
          id={`${name}-text`}
          class="boxes-input"
          type="text"
          inputMode="decimal"
          autocomplete="off"
          spellcheck={false}
          value={text}
          disabled={readonly}
          aria-describedby={[labelledBy, `${name}-hint`].filter(Boolean).join(" ")}
          onInput={(event) => {
            const kept = boxText(event.currentTarget.value, length);
            event.currentTarget.value = kept;
            if (kept !== text) onRespond(kept === "" ? null : kept);
          }}
        />
      </div>
      <p class="soft" id={`${name}-hint`}>
        {t("short_answer_hint", { length })}
      </p>
      {answerKey && (
        <p class="right-mark">
          <Icon name="check" /> {t("key_accepts", { answers: answerKey.accept.join(" · ") })}
        </p>
      )}
    </div>
  );
}

export const shortAnswer: Kind<"short_answer"> = {
  name: "short_answer",
  View,
  isAnswered: (_content, response) => typeof response === "string" && /\d/.test(response),
  choose: () => null,
};
