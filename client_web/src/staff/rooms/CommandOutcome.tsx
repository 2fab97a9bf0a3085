import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { Dialog } from "../../base/Dialog";
import type { CommandResult, Seat } from "../../protocol/messages";
import type { CommandName } from "../core/bulk";
import { counted, t } from "../texts";

interface CommandOutcomeProps {
  command: CommandName;
  seats: readonly Seat[];
  result: CommandResult;
  onClose: () => void;
}

/** What a command did, what it could not do and why, and PINs it made. */
export function CommandOutcome({ command, seats, result, onClose }: CommandOutcomeProps) {
  const seatOf = (sitting: number) => seats.find((seat) => seat.sitting === sitting);
  const pins = Object.entries(result.pins);
  return (
    <Dialog
      open
      title={t(`command_${command}_title`)}
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          {t("done")}
        </Button>
      }
    >
      <Banner tone={result.applied.length > 0 ? "saved" : "waiting"} live="polite">
        {counted("outcome_applied", result.applied.length)}
      </Banner>
      {pins.length > 0 && (
        <section aria-label={t("new_pins")}>
          <p>{t("new_pins_once")}</p>
          <ul class="new-pins">
            {pins.map(([sitting, pin]) => (
              <li key={sitting}>
                <span>{seatOf(Number(sitting))?.name}</span> <b class="pin">{pin}</b>
              </li>
            ))}
          </ul>
        </section>
      )}
      {result.refused.length > 0 && (
        <section>
          <p class="strong">{counted("outcome_refused", result.refused.length)}</p>
          <ul class="refusals">
            {result.refused.map((refusal) => (
              <li key={refusal.sitting}>
                <span class="strong">{seatOf(refusal.sitting)?.name}</span>: {refusal.message}
              </li>
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  );
}
