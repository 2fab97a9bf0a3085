import { Button } from "../../base/Button";
import { formatShare } from "../../base/formats";
import type { ScoringRun } from "../../protocol/messages";
import { cancelRun } from "../api";
import { ActError, useAct } from "../Loading";
import { t } from "../texts";
import { stageText } from "./stages";

/** What the run is doing and how far it is. Leaving the page does not stop it. */
export function RunProgress({ run, onCancelled }: { run: ScoringRun; onCancelled: () => void }) {
  const act = useAct();
  const stop = () =>
    act.run(async () => {
      await cancelRun(run.id);
      onCancelled();
    });
  return (
    <section class="progress" aria-label={t("run_progress")}>
      <p class="strong" role="status">
        {run.state === "queued" ? t("run_queued") : stageText(run.stage)}
      </p>
      <progress
        aria-label={t("run_progress")}
        aria-valuetext={formatShare(run.progress)}
        max={1}
        {...(run.state === "running" && { value: run.progress })}
      />
      <p class="soft">{t("run_goes_on")}</p>
      <ActError act={act} />
      <div>
        <Button small icon="close" disabled={act.busy} onClick={() => void stop()}>
          {t("run_cancel")}
        </Button>
      </div>
    </section>
  );
}
