import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatDateTime } from "../../base/formats";
import type { Runs, ScoringRun } from "../../protocol/messages";
import { shownRun } from "../core/runs";
import { DataTable } from "../DataTable";
import { Empty } from "../Heading";
import { Loaded } from "../Loading";
import { ExamFrame, type May } from "../results/ExamFrame";
import { useRuns } from "../results/useRuns";
import { Link } from "../router";
import { counted, t } from "../texts";
import { NewRunForm } from "./NewRunForm";
import { RunMark } from "./RunMark";
import { settingsOf } from "./settings";

/** An exam's scoring runs, and the way to start another. */
export function RunsPage({ exam, may }: { exam: number; may: May }) {
  const load = useRuns(exam);
  const runs = load.value;
  return (
    <ExamFrame
      exam={exam}
      name={runs?.exam}
      tab="runs"
      may={may}
      measured={runs !== undefined && shownRun(runs.runs, undefined) !== undefined}
    >
      <Loaded load={load}>{(found) => <Found exam={exam} runs={found} />}</Loaded>
    </ExamFrame>
  );
}

function Found({ exam, runs }: { exam: number; runs: Runs }) {
  const [starting, setStarting] = useState(false);
  return (
    <section class="block" aria-labelledby="runs">
      <div class="block-head">
        <h2 id="runs">{t("runs")}</h2>
        {!starting && (
          <Button kind="primary" icon="plus" onClick={() => setStarting(true)}>
            {t("run_start")}
          </Button>
        )}
      </div>
      <p class="soft prose">{t(`release_${runs.release}_means`)}</p>
      {runs.unfinished > 0 && <Banner tone="waiting">{counted("runs_unfinished", runs.unfinished)}</Banner>}
      {starting && <NewRunForm exam={exam} runs={runs} onCancel={() => setStarting(false)} />}
      {runs.runs.length === 0 && !starting && (
        <Empty title={t("runs_empty")}>
          <p>{t("runs_empty_begin")}</p>
        </Empty>
      )}
      {runs.runs.length > 0 && <RunTable exam={exam} runs={runs.runs} />}
    </section>
  );
}

function RunTable({ exam, runs }: { exam: number; runs: readonly ScoringRun[] }) {
  return (
    <DataTable
      caption={t("runs")}
      columns={[
        { name: "number", label: t("column_run"), class: "w-kind" },
        { name: "state", label: t("column_state"), class: "w-run-state" },
        { name: "n", label: t("column_candidates"), number: true, class: "w-number" },
        { name: "settings", label: t("column_settings") },
        { name: "by", label: t("column_started") },
        { name: "signed", label: t("column_signed") },
      ]}
    >
      {runs.map((run) => (
        <tr key={run.id}>
          <td>
            <Link to={{ page: "run", exam, run: run.id }} class="row-link">
              {t("run_number", { number: run.number })}
            </Link>
          </td>
          <td>
            <RunMark run={run} />
          </td>
          <td class="number">{run.n ?? "–"}</td>
          <td>{settingsOf(run)}</td>
          <td>{stamped(run.requested_by, run.requested_at)}</td>
          <td>{run.signed_by && run.signed_at ? stamped(run.signed_by, run.signed_at) : "–"}</td>
        </tr>
      ))}
    </DataTable>
  );
}

function stamped(name: string, at: string) {
  return (
    <>
      {name}
      <br />
      <span class="soft">{formatDateTime(at)}</span>
    </>
  );
}
