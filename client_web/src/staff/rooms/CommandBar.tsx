import { Button } from "../../base/Button";
import type { RoomView } from "../../protocol/messages";
import { type CommandName, isWhole, offered, planFor, type SittingState, STATES } from "../core/bulk";
import { NOBODY, only, type Selection } from "../core/selection";
import { StateMark } from "../StateMark";
import { counted, t } from "../texts";

interface CommandBarProps {
  view: RoomView;
  selection: Selection;
  mayCommand: boolean;
  onSelect: (selection: Selection) => void;
  onCommand: (command: CommandName) => void;
}

/** Who is chosen, and what can be done to them. Counts by state choose all of that state. */
export function CommandBar({ view, selection, mayCommand, onSelect, onCommand }: CommandBarProps) {
  const chosen = view.seats.filter((seat) => selection.chosen.has(seat.sitting));
  const states = STATES.filter((state) => view.seats.some((seat) => seat.state === state));
  const begun = view.shift.started_at !== null;
  const over = Date.parse(view.shift.closes_at) <= Date.parse(view.now);
  return (
    <div class="command-bar">
      {mayCommand && (
        <div class="commands" role="toolbar" aria-label={t("commands")}>
          <span class="chosen" role="status">
            {chosen.length === 0 ? t("chosen_none") : counted("chosen", chosen.length)}
          </span>
          {chosen.length < view.seats.length ? (
            <Button small onClick={() => onSelect(only(view.seats.map((seat) => seat.sitting)))}>
              {t("choose_all")}
            </Button>
          ) : null}
          {chosen.length > 0 && (
            <Button small onClick={() => onSelect(NOBODY)}>
              {t("choose_none")}
            </Button>
          )}
          <span class="commands-gap" />
          {!begun && (
            <Button small kind="primary" icon="bell" onClick={() => onCommand("start")}>
              {t("command_start")}
            </Button>
          )}
          {offered(begun)
            .filter((command) => !isWhole(command))
            .map((command) => (
              <Button
                key={command}
                small
                class={`command-${command}`}
                disabled={planFor(command, chosen).affected.length === 0}
                onClick={() => onCommand(command)}
              >
                {t(`command_${command}`)}
              </Button>
            ))}
        </div>
      )}
      <div class="whole-shift">
        <fieldset class="by-state">
          <legend class="visually-hidden">{t("select_by_state")}</legend>
          {states.map((state) => (
            <StateChoice key={state} state={state} view={view} onSelect={onSelect} />
          ))}
        </fieldset>
        {mayCommand && begun && !over && (
          <Button small class="command-end" onClick={() => onCommand("end")}>
            {t("command_end")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface StateChoiceProps {
  state: SittingState;
  view: RoomView;
  onSelect: (selection: Selection) => void;
}

function StateChoice({ state, view, onSelect }: StateChoiceProps) {
  const seats = view.seats.filter((seat) => seat.state === state);
  return (
    <button
      type="button"
      class="state-choice"
      title={t("choose_state")}
      onClick={() => onSelect(only(seats.map((seat) => seat.sitting)))}
    >
      <b>{seats.length}</b> <StateMark state={state} />
    </button>
  );
}
