import { formatCountdown, formatTime } from "../../base/formats";
import type { Seat } from "../../protocol/messages";
import { timeLeft } from "../core/clock";
import { StateMark } from "../StateMark";
import { counted, t } from "../texts";

/** Everything known of the one candidate chosen. */
export function SeatDetail({ seat, items, now_ms }: { seat: Seat; items: number; now_ms: number }) {
  const left = timeLeft(seat, now_ms);
  const facts: [string, string][] = [
    [t("column_candidate_number"), seat.number],
    [t("answered"), `${seat.answered}/${items}`],
    [t("flagged"), String(seat.flagged)],
    [t("time_left"), left === null ? "–" : formatCountdown(left)],
    [
      t("extra_time"),
      seat.extra_ms === 0 ? "–" : t("minutes", { minutes: Math.round(seat.extra_ms / 60_000) }),
    ],
    [t("connection"), seat.connected ? t("connected") : t("not_connected")],
    [t("seen_at"), seat.seen_at === null ? t("never") : formatTime(seat.seen_at, true)],
    [t("unsaved"), String(seat.unsaved)],
    [t("form"), seat.received_form ? t("form_received") : t("form_missing")],
    [t("takeovers"), counted("times", seat.takeovers)],
    [t("incidents"), counted("times", seat.incidents)],
  ];
  return (
    <section class="detail" aria-label={t("seat_detail")}>
      <h2>{seat.name}</h2>
      <StateMark state={seat.state} />
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
