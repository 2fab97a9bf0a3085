import { STATES } from "./core/bulk";
import { StateMark } from "./StateMark";

/** How many stand in each state that occurs. */
export function StateCounts({ states }: { states: Readonly<Record<string, number>> }) {
  return (
    <span class="state-counts">
      {STATES.filter((state) => (states[state] ?? 0) > 0).map((state) => (
        <span key={state} class="state-count">
          <b>{states[state]}</b> <StateMark state={state} />
        </span>
      ))}
    </span>
  );
}
