import { formatCountdown } from "../../base/formats";
import type { RoomProblem } from "../core/problems";
import { t } from "../texts";

/** The problem in words; short on a seat, whole in the list. */
export function problemText(problem: RoomProblem, short: boolean): string {
  const params = {
    count: problem.count,
    time: problem.since_ms === null ? "" : formatCountdown(problem.since_ms),
  };
  return short ? t(`problem_${problem.code}_short`, params) : t(`problem_${problem.code}`, params);
}
