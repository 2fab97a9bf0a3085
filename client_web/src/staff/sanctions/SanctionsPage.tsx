import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { formatDateTime, formatShare } from "../../base/formats";
import type { Sanction, Sanctions } from "../../protocol/messages";
import { listRuns, listSanctions, revokeSanction } from "../api";
import { takesEffect } from "../core/runs";
import { DataTable } from "../DataTable";
import { Empty } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { ReasonDialog } from "../ReasonDialog";
import { ExamFrame, type May } from "../results/ExamFrame";
import { coded, t } from "../texts";
import { SanctionForm } from "./SanctionForm";

/** Who was sanctioned, what that takes off, and how to record or revoke it. */
export function SanctionsPage({ exam, may }: { exam: number; may: May }) {
  const runs = useLoad((signal) => listRuns(exam, signal), [exam]);
  const load = useLoad((signal) => listSanctions(exam, signal), [exam]);
  return (
    <ExamFrame exam={exam} name={runs.value?.exam} tab="sanctions" may={may} measured={false}>
      <Loaded load={runs}>
        {(known) => (
          <Loaded load={load}>
            {(found) => <Found exam={exam} effect={takesEffect(known)} found={found} again={load.again} />}
          </Loaded>
        )}
      </Loaded>
    </ExamFrame>
  );
}

interface FoundProps {
  exam: number;
  /** When a sanction counts. */
  effect: "now" | "run";
  found: Sanctions;
  again: () => void;
}

function Found({ exam, effect, found, again }: FoundProps) {
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Sanction | null>(null);
  return (
    <section class="block" aria-labelledby="sanctions">
      <div class="block-head">
        <h2 id="sanctions">{t("sanctions")}</h2>
        {!adding && (
          <Button kind="primary" icon="plus" onClick={() => setAdding(true)}>
            {t("sanction_add")}
          </Button>
        )}
      </div>
      <p class="soft prose">{t(`sanctions_how_${effect}`)}</p>
      {adding && (
        <SanctionForm
          exam={exam}
          shares={found.shares}
          onCancel={() => setAdding(false)}
          onAdded={() => {
            setAdding(false);
            again();
          }}
        />
      )}
      {found.sanctions.length === 0 && !adding && <Empty title={t("sanctions_empty")} />}
      {found.sanctions.length > 0 && <Table sanctions={found.sanctions} onRevoke={setRevoking} />}
      <ReasonDialog
        open={revoking !== null}
        title={t("sanction_revoke_sure", { name: revoking?.name ?? "" })}
        confirm={t("sanction_revoke")}
        danger={false}
        onClose={() => setRevoking(null)}
        onConfirm={async (reason) => {
          if (revoking !== null) await revokeSanction(revoking.id, reason);
          again();
        }}
      >
        <p>{t(`sanction_revoke_means_${effect}`)}</p>
      </ReasonDialog>
    </section>
  );
}

interface TableProps {
  sanctions: readonly Sanction[];
  onRevoke: (sanction: Sanction) => void;
}

function Table({ sanctions, onRevoke }: TableProps) {
  return (
    <DataTable
      caption={t("sanctions")}
      columns={[
        { name: "number", label: t("column_candidate_number") },
        { name: "name", label: t("column_name") },
        { name: "kind", label: t("column_sanction") },
        { name: "reason", label: t("column_reason") },
        { name: "recorded", label: t("column_recorded") },
        { name: "acts", label: t("column_next") },
      ]}
    >
      {sanctions.map((each) => (
        <tr key={each.id} class={each.revoked_at ? "revoked" : ""}>
          <td class="tabular">{each.number}</td>
          <td>{each.name}</td>
          <td>
            <span class="strong">{coded("sanction", each.kind)}</span>
            <br />
            <span class="soft">{t("sanction_takes", { share: formatShare(Number(each.share)) })}</span>
          </td>
          <td>{each.reason}</td>
          <td>
            {each.recorded_by}
            <br />
            <span class="soft">{formatDateTime(each.recorded_at)}</span>
          </td>
          <td>
            {each.revoked_at ? (
              t("sanction_revoked_by", { name: each.revoked_by ?? "", time: formatDateTime(each.revoked_at) })
            ) : (
              <Button small onClick={() => onRevoke(each)}>
                {t("sanction_revoke")}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
