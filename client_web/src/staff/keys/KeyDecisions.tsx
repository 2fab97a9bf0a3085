import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import type { KeyPreview, StaffSession } from "../../protocol/messages";
import { decideKey } from "../api";
import { isMe } from "../core/runs";
import { ReasonDialog } from "../ReasonDialog";
import { go } from "../router";
import { counted, t } from "../texts";

type Decision = "confirm" | "withdraw" | "rollback";

interface KeyDecisionsProps {
  exam: number;
  /** When a decision counts. */
  effect: "now" | "run";
  preview: KeyPreview;
  session: StaffSession;
  onDecided: () => void;
}

/** What may be decided about a correction now, by whom, and what it does. */
export function KeyDecisions({ exam, effect, preview, session, onDecided }: KeyDecisionsProps) {
  const [asking, setAsking] = useState<Decision | null>(null);
  const { change } = preview;
  if (change.state !== "proposed" && change.state !== "live") return null;
  return (
    <section class="panel sign-off" aria-labelledby="decision">
      <h2 id="decision">{t("key_decision")}</h2>
      {change.state === "proposed" ? (
        <Proposed preview={preview} effect={effect} session={session} onAsk={setAsking} />
      ) : (
        <Live exam={exam} effect={effect} onAsk={setAsking} />
      )}
      <ReasonDialog
        open={asking !== null}
        title={asking === null ? "" : t(`key_${asking}_sure`)}
        confirm={asking === null ? "" : t(`key_${asking}`)}
        danger={asking === "rollback"}
        onClose={() => setAsking(null)}
        onConfirm={async (reason) => {
          if (asking !== null) await decideKey(change.id, asking, reason);
          onDecided();
        }}
      >
        {asking === "confirm" && <Effects preview={preview} effect={effect} />}
        {asking === "rollback" && <p>{t(`key_rollback_means_${effect}`)}</p>}
      </ReasonDialog>
    </section>
  );
}

interface ProposedProps {
  preview: KeyPreview;
  effect: "now" | "run";
  session: StaffSession;
  onAsk: (decision: Decision) => void;
}

function Proposed({ preview, effect, session, onAsk }: ProposedProps) {
  const { change } = preview;
  return (
    <>
      <Effects preview={preview} effect={effect} />
      {!change.may_confirm && (
        <p class="obstacle">
          {t(isMe(change.proposed_by, session) ? "key_obstacle_own" : "key_obstacle_other")}
        </p>
      )}
      <div class="acts">
        {change.may_confirm && (
          <Button kind="primary" icon="check" onClick={() => onAsk("confirm")}>
            {t("key_confirm")}
          </Button>
        )}
        <Button onClick={() => onAsk("withdraw")}>{t("key_withdraw")}</Button>
      </div>
    </>
  );
}

function Effects({ preview, effect }: { preview: KeyPreview; effect: "now" | "run" }) {
  return (
    <ul class="happens">
      <li>{counted("key_happens_gain", preview.gains)}</li>
      <li>{counted("key_happens_lose", preview.loses)}</li>
      <li>{t(`key_happens_${effect}`)}</li>
    </ul>
  );
}

interface LiveProps {
  exam: number;
  effect: "now" | "run";
  onAsk: (decision: Decision) => void;
}

function Live({ exam, effect, onAsk }: LiveProps) {
  return (
    <>
      <Banner tone="info">{t(`key_live_next_${effect}`)}</Banner>
      <div class="acts">
        <Button onClick={() => go({ page: "runs", exam })}>{t("run_again")}</Button>
        <Button onClick={() => onAsk("rollback")}>{t("key_rollback")}</Button>
      </div>
    </>
  );
}
