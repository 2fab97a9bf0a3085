import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { TextField } from "../../base/Field";
import { formatShare } from "../../base/formats";
import type { NewSanction, Sanctions } from "../../protocol/messages";
import { addSanction } from "../api";
import { Choices } from "../Choices";
import { ActError, useAct } from "../Loading";
import { t } from "../texts";

const KINDS = ["reprimand", "warning", "expulsion"] as const;

interface SanctionFormProps {
  exam: number;
  shares: Sanctions["shares"];
  onCancel: () => void;
  onAdded: () => void;
}

/** Records a sanction; each kind says what it takes off. */
export function SanctionForm({ exam, shares, onCancel, onAdded }: SanctionFormProps) {
  const act = useAct();
  const [number, setNumber] = useState("");
  const [kind, setKind] = useState<NewSanction["kind"] | null>(null);
  const [reason, setReason] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (kind === null) return;
    void act.run(async () => {
      await addSanction(exam, { number: number.trim(), kind, reason: reason.trim() });
      onAdded();
    });
  };
  return (
    <form class="form panel" onSubmit={submit}>
      <ActError act={act} />
      <TextField
        label={t("column_candidate_number")}
        required
        class="input-short"
        autoComplete="off"
        value={number}
        onInput={(event) => setNumber(event.currentTarget.value)}
      />
      <Choices
        legend={t("column_sanction")}
        name="kind"
        value={kind}
        values={KINDS}
        onChange={setKind}
        textOf={(each) => ({
          label: t(`sanction_${each}`),
          hint: t("sanction_takes", { share: formatShare(Number(shares[each] ?? 0)) }),
        })}
      />
      <TextField
        label={t("reason")}
        hint={t("sanction_reason_hint")}
        required
        maxLength={300}
        autoComplete="off"
        value={reason}
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      <div class="form-acts">
        <Button onClick={onCancel}>{t("cancel")}</Button>
        <Button kind="primary" type="submit" disabled={act.busy}>
          {t("sanction_add")}
        </Button>
      </div>
    </form>
  );
}
