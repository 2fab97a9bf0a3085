import { Button } from "../../base/Button";
import { formatDateTime } from "../../base/formats";
import type { KeyChange } from "../../protocol/messages";
import { listKeyChanges } from "../api";
import { readable } from "../core/readable";
import { takesEffect } from "../core/runs";
import { DataTable } from "../DataTable";
import { Empty } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { shortPlace } from "../parts";
import { ExamFrame, type May } from "../results/ExamFrame";
import { useRuns } from "../results/useRuns";
import { go, Link } from "../router";
import { t } from "../texts";
import { KeyMark } from "./KeyMark";
import { keyText } from "./keyText";

/** The corrections of an exam's keys. */
export function KeysPage({ exam, may }: { exam: number; may: May }) {
  const load = useLoad((signal) => listKeyChanges(exam, signal), [exam]);
  const runs = useRuns(exam).value;
  return (
    <ExamFrame exam={exam} name={load.value?.exam} tab="keys" may={may} measured={false}>
      <section class="block" aria-labelledby="keys">
        <div class="block-head">
          <h2 id="keys">{t("keys")}</h2>
          <Button kind="primary" icon="plus" onClick={() => go({ page: "new_key", exam, item: null })}>
            {t("key_propose")}
          </Button>
        </div>
        {runs && <p class="soft prose">{t(`keys_how_${takesEffect(runs)}`)}</p>}
        <Loaded load={load}>
          {({ changes }) =>
            changes.length === 0 ? (
              <Empty title={t("keys_empty")}>
                <p>{t("keys_empty_begin")}</p>
              </Empty>
            ) : (
              <Table exam={exam} changes={changes} />
            )
          }
        </Loaded>
      </section>
    </ExamFrame>
  );
}

function Table({ exam, changes }: { exam: number; changes: readonly KeyChange[] }) {
  return (
    <DataTable
      caption={t("keys")}
      columns={[
        { name: "item", label: t("column_number"), class: "w-place" },
        { name: "keys", label: t("column_key_change") },
        { name: "reason", label: t("column_reason") },
        { name: "state", label: t("column_state"), class: "w-run-state" },
        { name: "by", label: t("column_proposed") },
        { name: "decided", label: t("column_decided") },
      ]}
    >
      {changes.map((change) => (
        <tr key={change.id}>
          <td>
            <Link to={{ page: "key", exam, change: change.id }} class="row-link">
              {shortPlace(change)}
              <span class="visually-hidden">{` ${readable(change.text)}`}</span>
            </Link>
          </td>
          <td>{t("key_from_to", { from: keyText(change.old_key), to: keyText(change.new_key) })}</td>
          <td>{change.reason}</td>
          <td>
            <KeyMark change={change} />
          </td>
          <td>
            {change.proposed_by}
            <br />
            <span class="soft">{formatDateTime(change.proposed_at)}</span>
          </td>
          <td>
            {change.decided_by && change.decided_at ? (
              <>
                {change.decided_by}
                <br />
                <span class="soft">{formatDateTime(change.decided_at)}</span>
              </>
            ) : (
              "–"
            )}
          </td>
        </tr>
      ))}
    </DataTable>
  );
}
