import { formatCountdown, formatTime } from "../../base/formats";
import type { ShiftRow } from "../../protocol/messages";
import { countdownOf } from "../core/shifts";
import { t } from "../texts";

/** The server's time, large, and what it counts down to. */
export function RoomClock({ shift, now_ms }: { shift: ShiftRow; now_ms: number }) {
  const countdown = countdownOf(shift, now_ms);
  return (
    <div class="room-clock">
      <div class="clock-part">
        <span class="clock-label">{t("clock_now")}</span>
        <span class="clock-time">{formatTime(now_ms, true)}</span>
      </div>
      <div class={`clock-part clock-${countdown.to}`}>
        <span class="clock-label">{t(`clock_${countdown.to}`)}</span>
        <span class="clock-time">{countdown.to === "nothing" ? "–" : formatCountdown(countdown.ms)}</span>
      </div>
    </div>
  );
}
