import type { NewRun, Runs, ScoringRun, StaffSession } from "../../protocol/messages";

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

/** What a new run shall do unless told otherwise: the same as the last one, linked to what is signed there now. */
export function settingsToBegin({ runs, linkable }: Runs): NewRun {
  const [last] = runs;
  if (last === undefined) return { model: "auto", void_rule: "full_points", link_to: null };
  const link =
    linkable.find((each) => each.id === last.link_to) ??
    linkable.find((each) => each.exam === last.link_exam);
  return { model: last.model, void_rule: last.void_rule, link_to: link?.id ?? null };
}

/** When a key correction or a sanction counts: the end of catalogue keys. Scores shown before any signature follow at once. */
export function takesEffect({ release, runs }: Runs): "now" | "run" {
  return release === "at_once" && countingRun(runs) === undefined ? "now" : "run";
}

/** Whether a computed run can no longer be signed, since a later one was. */
export function isOutdated(run: ScoringRun): boolean {
  return run.state === "done" && run.later_signed !== null;
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
