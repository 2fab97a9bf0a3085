import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { Dialog } from "../../base/Dialog";
import { formatDateTime } from "../../base/formats";
import type { ScoringRun, StaffSession } from "../../protocol/messages";
import { listRuns, signRun } from "../api";
import { countingRun, signObstacle } from "../core/runs";
import { ActError, useAct, useLoad } from "../Loading";
import { counted, t } from "../texts";

interface SignOffProps {
  exam: number;
  run: ScoringRun;
  session: StaffSession;
  onSigned: () => void;
}

/** The second person's part: what the signature does, and why the one who started the run may not give it. */
export function SignOff({ exam, run, session, onSigned }: SignOffProps) {
  const [asking, setAsking] = useState(false);
  const act = useAct();
  const runs = useLoad((signal) => listRuns(exam, signal), [exam]);
  const former = runs.value && countingRun(runs.value.runs);
  const obstacle = signObstacle(run, session);
  const sign = () =>
    act.run(async () => {
      await signRun(run.id, run.record_sha256 ?? "");
      setAsking(false);
      onSigned();
    });
  return (
    <section class="panel sign-off" aria-labelledby="sign-off">
      <h2 id="sign-off">{t("sign_off")}</h2>
      <p class="prose">
        {t("sign_started_by", { name: run.requested_by, time: formatDateTime(run.requested_at) })}
      </p>
      <ul class="happens">
        <li>{counted("sign_releases", run.n ?? 0)}</li>
        {former && <li>{t("sign_replaces", { number: former.number })}</li>}
        <li>{t("sign_bank")}</li>
      </ul>
      {obstacle === null ? (
        <div>
          <Button kind="primary" icon="check" onClick={() => setAsking(true)}>
            {t("sign")}
          </Button>
        </div>
      ) : (
        <p class="obstacle">{t(`sign_obstacle_${obstacle}`)}</p>
      )}
      <Dialog
        open={asking}
        title={t("sign_sure", { number: run.number })}
        onClose={() => setAsking(false)}
        actions={
          <>
            <Button onClick={() => setAsking(false)}>{t("cancel")}</Button>
            <Button kind="primary" disabled={act.busy} onClick={() => void sign()}>
              {t("sign_now")}
            </Button>
          </>
        }
      >
        <ActError act={act} />
        <p>{counted("sign_releases", run.n ?? 0)}</p>
        {former && <p>{t("sign_replaces", { number: former.number })}</p>}
        <p class="soft">{t("sign_recorded", { name: session.name })}</p>
      </Dialog>
    </section>
  );
}
