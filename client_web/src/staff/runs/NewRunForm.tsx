import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { Field } from "../../base/Field";
import type { NewRun, Runs } from "../../protocol/messages";
import { startRun } from "../api";
import { Choices } from "../Choices";
import { settingsToBegin } from "../core/runs";
import { ActError, useAct } from "../Loading";
import { go } from "../router";
import { counted, t } from "../texts";

const MODELS = ["auto", "classical", "rasch", "2pl", "3pl"] as const;
const VOID_RULES = ["full_points", "leave_out"] as const;

interface NewRunFormProps {
  exam: number;
  runs: Runs;
  onCancel: () => void;
}

/** What a new run shall do; it goes on when the page is left. */
export function NewRunForm({ exam, runs, onCancel }: NewRunFormProps) {
  const act = useAct();
  const [asked, setAsked] = useState<NewRun>(() => settingsToBegin(runs));
  const change = (changes: Partial<NewRun>) => setAsked({ ...asked, ...changes });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(async () => {
      const run = await startRun(exam, asked);
      go({ page: "run", exam, run: run.id });
    });
  };
  return (
    <form class="form panel" onSubmit={submit}>
      <ActError act={act} />
      <Choices
        legend={t("run_model")}
        name="model"
        value={asked.model}
        values={MODELS}
        onChange={(model) => change({ model })}
        textOf={(model) => ({ label: t(`model_${model}`), hint: t(`model_${model}_means`) })}
      />
      <Choices
        legend={t("run_void_rule")}
        name="void_rule"
        value={asked.void_rule}
        values={VOID_RULES}
        onChange={(void_rule) => change({ void_rule })}
        textOf={(rule) => ({ label: t(`void_${rule}`), hint: t(`void_${rule}_means`) })}
      />
      {runs.linkable.length > 0 && (
        <Field label={t("run_link")} hint={t("run_link_hint")}>
          {(control) => (
            <select
              {...control}
              class="input"
              value={asked.link_to ?? ""}
              onChange={(event) => change({ link_to: Number(event.currentTarget.value) || null })}
            >
              <option value="">{t("run_link_none")}</option>
              {runs.linkable.map((each) => (
                <option key={each.id} value={each.id}>
                  {`${each.exam} (${counted("shared_items", each.shared)})`}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <div class="form-acts">
        <Button onClick={onCancel}>{t("cancel")}</Button>
        <Button kind="primary" type="submit" disabled={act.busy}>
          {t("run_start_now")}
        </Button>
      </div>
    </form>
  );
}
