import type { ScoringRun } from "../../protocol/messages";
import { counted, t } from "../texts";

/** What a run was told to do, in one line. */
export function settingsOf(run: ScoringRun): string {
  return [
    t(`model_${run.model}`),
    ...(run.key_changes > 0 ? [counted("run_key_changes", run.key_changes)] : []),
    ...(run.sanctions > 0 ? [counted("run_sanctions", run.sanctions)] : []),
  ].join(" · ");
}
