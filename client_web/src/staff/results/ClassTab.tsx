import { Banner } from "../../base/Banner";
import type { Results, Runs } from "../../protocol/messages";
import { countingRun } from "../core/runs";
import { Exports } from "../runs/Exports";
import { ScoresTable } from "../runs/ScoresTable";
import { t } from "../texts";
import { ClassTable } from "./ClassTable";
import { RunNote } from "./RunNote";
import { Summary } from "./Summary";

/** The class: the scores that count once a run is signed, before that the scores as scripts come in. */
export function ClassTab({ exam, results, runs }: { exam: number; results: Results; runs: Runs }) {
  const counting = countingRun(runs.runs);
  return (
    <>
      {counting && <RunNote exam={exam} run={counting} />}
      {!counting && runs.release === "signed" && (
        <Banner tone="info">{t("scores_wait_for_signature")}</Banner>
      )}
      <Summary results={results} />
      {counting ? (
        <>
          <Exports run={counting.id} />
          <ScoresTable run={counting} />
        </>
      ) : (
        <ClassTable results={results} />
      )}
    </>
  );
}
