import { ApiError } from "../../base/api";
import { Button } from "../../base/Button";
import { Icon } from "../../base/Icon";
import type { Results, Runs } from "../../protocol/messages";
import { readResults, resultsFile } from "../api";
import type { ResultsTab } from "../core/route";
import { countingRun, shownRun } from "../core/runs";
import { Empty } from "../Heading";
import { errorSentence, Loaded, useLoad } from "../Loading";
import { Measured } from "../measurement/Measured";
import { t } from "../texts";
import { ClassTab } from "./ClassTab";
import { ExamFrame, type May } from "./ExamFrame";
import { ItemsTab } from "./ItemsTab";
import { useRuns } from "./useRuns";

interface ResultsPageProps {
  exam: number;
  tab: ResultsTab;
  run: number | undefined;
  may: May;
}

/** An exam's results: the class, the test as a whole, the items. */
export function ResultsPage({ exam, tab, run, may }: ResultsPageProps) {
  const runs = useRuns(exam);
  const load = useLoad((signal) => readResults(exam, signal), [exam]);
  const results = load.value;
  const signed = runs.value !== undefined && countingRun(runs.value.runs) !== undefined;
  return (
    <ExamFrame
      exam={exam}
      name={results?.exam ?? runs.value?.exam}
      note={results?.subject}
      tab={tab}
      may={may}
      measured={runs.value !== undefined && shownRun(runs.value.runs, run) !== undefined}
      acts={
        <>
          <Button icon="print" onClick={() => print()}>
            {t("print")}
          </Button>
          {tab === "class" && !signed && (
            <a class="button button-plain" href={resultsFile(exam)} download>
              <Icon name="download" /> {t("download_csv")}
            </a>
          )}
        </>
      }
    >
      {isWaiting(load.error) ? (
        <Empty title={t("scores_waiting")}>
          <p>{errorSentence(load.error)}</p>
        </Empty>
      ) : (
        <Loaded load={load}>
          {(found) => (
            <Loaded load={runs}>
              {(known) => <Views exam={exam} tab={tab} run={run} may={may} results={found} runs={known} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </ExamFrame>
  );
}

/** Scores that are computed but not released are no failure. */
function isWaiting(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === "scores_not_released";
}

interface ViewsProps extends ResultsPageProps {
  results: Results;
  runs: Runs;
}

function Views({ exam, tab, run, may, results, runs }: ViewsProps) {
  const shown = shownRun(runs.runs, run);
  if (tab !== "class" && shown !== undefined)
    return <Measured exam={exam} run={shown} tab={tab} asked={run} />;
  if (results.scripts.length === 0) {
    return (
      <Empty title={t("scripts_empty")}>
        <p>{t("scripts_empty_begin")}</p>
      </Empty>
    );
  }
  if (tab === "class") return <ClassTab exam={exam} results={results} runs={runs} />;
  if (tab === "items") return <ItemsTab exam={exam} results={results} />;
  return (
    <Empty title={t("test_empty")}>
      <p>{t(may("scoring.run") ? "test_empty_begin" : "test_empty_wait")}</p>
    </Empty>
  );
}
