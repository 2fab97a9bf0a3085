import { ApiError } from "../../base/api";
import type { Runs } from "../../protocol/messages";
import { listRuns } from "../api";
import { isActive } from "../core/runs";
import { type Load, useLoad } from "../Loading";
import { useAgain } from "../useAgain";

/** An exam's scoring runs, asked for again while one is at work. Who may not see them is told of none. */
export function useRuns(exam: number): Load<Runs> {
  const load = useLoad((signal) => listRuns(exam, signal).catch(noneIfRefused), [exam]);
  useAgain(load, load.value?.runs.some(isActive) ?? false);
  return load;
}

function noneIfRefused(error: unknown): Runs {
  if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return NO_RUNS;
  throw error;
}

const NO_RUNS: Runs = { exam: "", release: "at_once", runs: [], linkable: [], unfinished: 0 };
