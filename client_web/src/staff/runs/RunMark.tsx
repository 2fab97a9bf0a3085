import { formatShare } from "../../base/formats";
import { Icon, type IconName } from "../../base/Icon";
import type { ScoringRun } from "../../protocol/messages";
import { isOutdated } from "../core/runs";
import { t } from "../texts";

const MARKS: Record<ScoringRun["state"], { icon: IconName; tone: string }> = {
  queued: { icon: "clock", tone: "waiting" },
  running: { icon: "play", tone: "accent" },
  done: { icon: "warning", tone: "waiting" },
  failed: { icon: "stop", tone: "danger" },
  cancelled: { icon: "close", tone: "inactive" },
  signed: { icon: "check", tone: "saved" },
  superseded: { icon: "minus", tone: "inactive" },
};

/** A run's state as a sign and a word. */
export function RunMark({ run }: { run: ScoringRun }) {
  if (isOutdated(run)) {
    return (
      <span class="mark mark-inactive">
        <Icon name="minus" /> {t("run_state_outdated")}
      </span>
    );
  }
  const { icon, tone } = MARKS[run.state];
  return (
    <span class={`mark mark-${tone}`}>
      <Icon name={icon} /> {t(`run_state_${run.state}`)}
      {run.state === "running" && ` ${formatShare(run.progress)}`}
    </span>
  );
}
