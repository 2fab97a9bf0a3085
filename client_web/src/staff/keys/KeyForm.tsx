import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { TextField } from "../../base/Field";
import { Pictures, RichText } from "../../base/RichText";
import { ItemView } from "../../items/ItemView";
import type { Key, Response } from "../../items/kind";
import type { ItemDetail } from "../../protocol/messages";
import { pictureUrl, proposeKey } from "../api";
import { Choices } from "../Choices";
import { keyOf, responseOf, sameKey } from "../core/keys";
import { ActError, useAct } from "../Loading";
import { go } from "../router";
import { t } from "../texts";
import { keyText } from "./keyText";

type Act = "change" | "void";

/** The item with the key that counts now marked; the new key is given in the item's own control. */
export function KeyForm({ exam, item }: { exam: number; item: ItemDetail }) {
  const act = useAct();
  const [what, setWhat] = useState<Act>("change");
  const [response, setResponse] = useState<Response>(item.key && responseOf(item.key));
  const [more, setMore] = useState(
    item.key?.kind === "short_answer" ? item.key.accept.slice(1).join("; ") : "",
  );
  const [reason, setReason] = useState("");
  const key = what === "void" ? null : keyOf(item.content, response, more.split(";"));
  const unchanged = sameKey(key, item.key);
  const ready = (what === "void" || key !== null) && !unchanged && reason.trim() !== "";
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const made = await proposeKey(exam, { item: item.id, key, reason: reason.trim() });
      go({ page: "key", exam, change: made.id });
    });
  };
  return (
    <form class="form form-wide" onSubmit={submit}>
      <Choices
        legend={t("key_act")}
        name="key-act"
        value={what}
        values={["change", "void"] as const}
        onChange={setWhat}
        textOf={(each) => ({ label: t(`key_act_${each}`), hint: t(`key_act_${each}_means`) })}
      />
      <section class="panel" aria-label={t("item_as_seen")}>
        <Pictures.Provider value={pictureUrl}>
          {item.passage && (
            <div class="passage">
              <RichText text={item.passage} />
            </div>
          )}
          {what === "change" && <p class="soft">{t("key_choose_new")}</p>}
          <div class="item-card">
            {what === "change" ? (
              <ItemView
                content={item.content}
                name="new-key"
                answerKey={item.key}
                response={response}
                onRespond={setResponse}
              />
            ) : (
              <ItemView content={item.content} name="new-key" answerKey={item.key} readonly />
            )}
          </div>
        </Pictures.Provider>
        {what === "change" && item.content.kind === "short_answer" && (
          <TextField
            label={t("key_more_answers")}
            hint={t("key_more_answers_hint")}
            value={more}
            onInput={(event) => setMore(event.currentTarget.value)}
          />
        )}
      </section>
      <Change before={item.key} after={key} chosen={what === "void" || key !== null} unchanged={unchanged} />
      <TextField
        label={t("reason")}
        hint={t("key_reason_hint")}
        required
        maxLength={300}
        autoComplete="off"
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <ActError act={act} />
      <div class="form-acts">
        <Button onClick={() => go({ page: "keys", exam })}>{t("cancel")}</Button>
        <Button kind="primary" type="submit" disabled={act.busy || !ready}>
          {t("key_propose_now")}
        </Button>
      </div>
    </form>
  );
}

interface ChangeProps {
  before: Key | null;
  after: Key | null;
  chosen: boolean;
  unchanged: boolean;
}

/** The change in words, before it is proposed. */
function Change({ before, after, chosen, unchanged }: ChangeProps) {
  if (unchanged || !chosen) return <p class="soft">{t("key_unchanged", { key: keyText(before) })}</p>;
  return (
    <Banner tone="waiting" live="polite">
      <p class="strong">{t("key_from_to", { from: keyText(before), to: keyText(after) })}</p>
      <p>{t("key_propose_means")}</p>
    </Banner>
  );
}
