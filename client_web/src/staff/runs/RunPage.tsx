import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatDateTime } from "../../base/formats";
import type { ScoringRun, StaffSession } from "../../protocol/messages";
import { readRun } from "../api";
import { hasResults, isActive, isOutdated } from "../core/runs";
import { Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import type { May } from "../results/ExamFrame";
import { go, Link } from "../router";
import { t } from "../texts";
import { useAgain } from "../useAgain";
import { Exports } from "./Exports";
import { RunMark } from "./RunMark";
import { RunProgress } from "./RunProgress";
import { RunRecord } from "./RunRecord";
import { ScoresTable } from "./ScoresTable";
import { SignOff } from "./SignOff";

interface RunPageProps {
  exam: number;
  run: number;
  session: StaffSession;
  may: May;
}

/** One scoring run: its progress while it works, then its record, its scores, and the sign-off. */
export function RunPage({ exam, run, session, may }: RunPageProps) {
  const load = useLoad((signal) => readRun(run, signal), [run]);
  const found = load.value;
  useAgain(load, found !== undefined && isActive(found));
  return (
    <>
      <Heading
        title={found ? `${t("run_number", { number: found.number })} – ${found.exam}` : t("runs")}
        up={
          may("scoring.run")
            ? { to: { page: "runs", exam }, label: t("runs") }
            : { to: { page: "results", exam, tab: "class" }, label: t("results_class") }
        }
        note={found && <RunMark run={found} />}
      />
      <Loaded load={load}>
        {(known) => <Found exam={exam} run={known} session={session} may={may} again={load.again} />}
      </Loaded>
    </>
  );
}

interface FoundProps {
  exam: number;
  run: ScoringRun;
  session: StaffSession;
  may: May;
  again: () => void;
}

function Found({ exam, run, session, may, again }: FoundProps) {
  return (
    <>
      {isActive(run) && <RunProgress run={run} onCancelled={again} />}
      {run.state === "failed" && (
        <Banner tone="danger">
          <p class="strong">{run.error}</p>
          <p>{t("run_failed_do")}</p>
          <Button small onClick={() => go({ page: "runs", exam })}>
            {t("run_again")}
          </Button>
        </Banner>
      )}
      {run.state === "cancelled" && <Banner tone="info">{t("run_cancelled_note")}</Banner>}
      {run.state === "superseded" && (
        <Banner tone="waiting">{t("run_superseded", { number: run.number })}</Banner>
      )}
      {run.state === "signed" && (
        <Banner tone="saved">
          {t("run_signed_note", { name: run.signed_by ?? "", time: formatDateTime(run.signed_at ?? "") })}
        </Banner>
      )}
      {hasResults(run) && (
        <>
          {isOutdated(run) && (
            <Banner tone="waiting">{t("run_later_signed", { number: run.later_signed ?? "" })}</Banner>
          )}
          {run.state === "done" && !isOutdated(run) && may("scoring.run") && (
            <SignOff exam={exam} run={run} session={session} onSigned={again} />
          )}
          <Looks exam={exam} run={run} />
          <RunRecord run={run} />
          <Exports run={run.id} />
          <ScoresTable run={run} />
        </>
      )}
    </>
  );
}

/** The statistics of this very run. */
function Looks({ exam, run }: { exam: number; run: ScoringRun }) {
  return (
    <p class="links">
      <Link to={{ page: "results", exam, tab: "test", run: run.id }}>{t("run_look_test")}</Link>
      <Link to={{ page: "results", exam, tab: "items", run: run.id }}>{t("run_look_items")}</Link>
    </p>
  );
}
