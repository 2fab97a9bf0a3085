import type { ScoringRun, StaffSession } from "../../protocol/messages";

/** Whether the run still works or waits to: its page asks again. */
export function isActive(run: ScoringRun): boolean {
  return run.state === "queued" || run.state === "running";
}

/** Whether the run has results to look at. */
export function hasResults(run: ScoringRun): boolean {
  return run.state === "done" || run.state === "signed" || run.state === "superseded";
}

/** The run whose scores count. */
export function countingRun(runs: readonly ScoringRun[]): ScoringRun | undefined {
  return runs.find((run) => run.state === "signed");
}

/** The run whose statistics are shown: the one asked for, else the one that counts, else the newest computed. */
export function shownRun(runs: readonly ScoringRun[], asked: number | undefined): ScoringRun | undefined {
  if (asked !== undefined) return runs.find((run) => run.id === asked && hasResults(run));
  return countingRun(runs) ?? runs.find((run) => run.state === "done");
}

/** Why one may not sign the run: a catalogue key's end; null when one may. */
export type SignObstacle = "own" | "state" | "other";

/** Who started a run may not sign it; nothing but a computed run can be signed. */
export function signObstacle(run: ScoringRun, me: StaffSession): SignObstacle | null {
  if (run.may_sign) return null;
  if (run.state !== "done") return "state";
  return isMe(run.requested_by, me) ? "own" : "other";
}

/** Whether a name in a record is the reader's own. */
export function isMe(name: string, me: StaffSession): boolean {
  return name === me.name || name === me.username;
}
