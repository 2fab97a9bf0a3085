import { Button } from "../../base/Button";
import { Icon } from "../../base/Icon";
import type { Seat } from "../../protocol/messages";
import type { CommandName } from "../core/bulk";
import type { RoomProblem } from "../core/problems";
import { counted, t } from "../texts";
import { problemText } from "./problemText";

interface ProblemListProps {
  problems: readonly RoomProblem[];
  seats: readonly Seat[];
  mayCommand: boolean;
  onAct: (command: CommandName, sitting: number) => void;
}

/** What needs somebody, the gravest first, with what can be done beside it. */
export function ProblemList({ problems, seats, mayCommand, onAct }: ProblemListProps) {
  const urgent = problems.filter((problem) => problem.urgent).length;
  return (
    <section class="problems" aria-labelledby="problems">
      <h2 id="problems">{t("problems")}</h2>
      <p class="visually-hidden" role="status">
        {counted("urgent", urgent)}
      </p>
      {problems.length === 0 && (
        <p class="mark mark-saved">
          <Icon name="check" /> {t("problems_none")}
        </p>
      )}
      <ul>
        {problems.map((problem) => {
          const seat = seats.find((each) => each.sitting === problem.sitting);
          return (
            <li key={problem.sitting} class={problem.urgent ? "problem urgent" : "problem"}>
              <p class="problem-who">
                <span class="seat-label">{seat?.seat ?? seat?.number}</span> {seat?.name}
              </p>
              <p class="problem-what">
                <Icon name={problem.urgent ? "stop" : "warning"} />
                <span>{problemText(problem, false)}</span>
              </p>
              {mayCommand && problem.actions.length > 0 && (
                <p class="problem-acts">
                  {problem.actions.map((command) => (
                    <Button key={command} small onClick={() => onAct(command, problem.sitting)}>
                      {t(`act_${command}`)}
                    </Button>
                  ))}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
