import type { ComponentChildren } from "preact";
import { formatDateTime } from "../../base/formats";
import type { ScoringRun } from "../../protocol/messages";
import { coded, t } from "../texts";
import { settingsOf } from "./settings";

/** What a run was made of, so that anyone can make it again. */
export function RunRecord({ run }: { run: ScoringRun }) {
  return (
    <section class="panel" aria-labelledby="record">
      <h2 id="record">{t("run_record")}</h2>
      <dl class="item-figures record">
        <Row name={t("column_candidates")}>{run.n ?? "–"}</Row>
        <Row name={t("column_settings")}>{settingsOf(run)}</Row>
        <Row name={t("run_fitted")}>
          {run.fitted_model === null ? t("run_fitted_none") : coded("model_short", run.fitted_model)}
        </Row>
        {run.link_exam !== null && (
          <Row name={t("run_link")}>
            {run.link_made ? run.link_exam : t("run_link_failed", { exam: run.link_exam })}
          </Row>
        )}
        <Row name={t("run_void_rule")}>{t(`void_${run.void_rule}`)}</Row>
        <Row name={t("column_started")}>{`${run.requested_by}, ${formatDateTime(run.requested_at)}`}</Row>
        {run.signed_by && run.signed_at && (
          <Row name={t("column_signed")}>{`${run.signed_by}, ${formatDateTime(run.signed_at)}`}</Row>
        )}
        <Row name={t("run_hash")}>
          <code class="hash">{run.record_sha256}</code>
          <p class="soft">{t("run_hash_means")}</p>
        </Row>
      </dl>
    </section>
  );
}

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
