import { formatDateTime } from "../../base/formats";
import type { KeyChange } from "../../protocol/messages";
import { t } from "../texts";
import { keyText } from "./keyText";

/** Which key becomes which, why, and who said so. */
export function KeyFacts({ change }: { change: KeyChange }) {
  return (
    <section class="panel" aria-labelledby="key-facts">
      <h2 id="key-facts">{t("key_facts")}</h2>
      <dl class="item-figures">
        <dt>{t("key_before")}</dt>
        <dd>{keyText(change.old_key)}</dd>
        <dt>{t("key_after")}</dt>
        <dd>{keyText(change.new_key)}</dd>
        <dt>{t("column_reason")}</dt>
        <dd>{change.reason}</dd>
        <dt>{t("column_proposed")}</dt>
        <dd>{`${change.proposed_by}, ${formatDateTime(change.proposed_at)}`}</dd>
        {change.decided_by && change.decided_at && (
          <>
            <dt>{t("column_decided")}</dt>
            <dd>{`${change.decided_by}, ${formatDateTime(change.decided_at)}`}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
