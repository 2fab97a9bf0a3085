import { formatCountdown } from "../../base/formats";
import { Icon, type IconName } from "../../base/Icon";
import type { Seat } from "../../protocol/messages";
import { timeLeft } from "../core/clock";
import type { ProblemCode, RoomProblem } from "../core/problems";
import { StateMark } from "../StateMark";
import { t } from "../texts";
import { problemText } from "./problemText";

interface SeatCardProps {
  seat: Seat;
  problem: RoomProblem | undefined;
  items: number;
  now_ms: number;
  chosen: boolean;
  /** Whether Tab stops here; the arrows go on from here. */
  reachable: boolean;
  /** `far` with the shift key: from the last one chosen to here. */
  onChoose: (far: boolean) => void;
}

/** One candidate's place: who, state by shape, colour and word, how far, how long. */
export function SeatCard({ seat, problem, items, now_ms, chosen, reachable, onChoose }: SeatCardProps) {
  const left = timeLeft(seat, now_ms);
  const working = ["running", "paused", "submitted", "closed"].includes(seat.state);
  const classes = [
    "seat",
    `seat-${seat.state}`,
    problem ? (problem.urgent ? "seat-urgent" : "seat-notice") : "",
  ];
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(" ")}
      data-sitting={seat.sitting}
      aria-pressed={chosen}
      tabIndex={reachable ? 0 : -1}
      onClick={(event) => onChoose(event.shiftKey)}
    >
      <span class="seat-top">
        <span class="seat-label">{seat.seat ?? seat.number}</span>
        {chosen && (
          <span class="seat-tick">
            <Icon name="check" />
          </span>
        )}
        {left !== null && <span class="seat-time">{formatCountdown(left)}</span>}
      </span>
      <span class="seat-name">{seat.name}</span>
      {problem ? <SeatProblem problem={problem} /> : <StateMark state={seat.state} />}
      {working && <Progress answered={seat.answered} items={items} />}
    </button>
  );
}

/** Problems with a sign of their own; the others have the general ones. */
const PROBLEM_ICONS: Partial<Record<ProblemCode, IconName>> = {
  line_lost: "offline",
  paused: "pause",
  asks_in: "person",
  no_form: "paper",
};

function SeatProblem({ problem }: { problem: RoomProblem }) {
  return (
    <span class={problem.urgent ? "seat-problem urgent" : "seat-problem"}>
      <Icon name={PROBLEM_ICONS[problem.code] ?? (problem.urgent ? "stop" : "warning")} />
      <span>{problemText(problem, true)}</span>
    </span>
  );
}

/** Answered of all, as a bar and in figures. */
export function Progress({ answered, items }: { answered: number; items: number }) {
  const share = items === 0 ? 0 : Math.min(1, answered / items);
  return (
    <span class="seat-progress">
      <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="bar-ground" width="100" height="6" />
        <rect class="bar-fill" width={share * 100} height="6" />
      </svg>
      <span class="visually-hidden">{t("answered")}</span>
      <span class="tabular">{`${answered}/${items}`}</span>
    </span>
  );
}
