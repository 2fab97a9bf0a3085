import type { WindowView } from "../../protocol/messages";
import { watchWindow } from "../api";
import { joined } from "../core/history";
import { type Live, useLive } from "../useLive";

const PERIOD_MS = 2_000;

/** The exam window as last heard; each answer brings only the minutes since the one before. */
export function useWindow(shift: number | null): Live<WindowView> {
  return useLive(
    async (signal, former) => {
      const since = former?.series.slots.at(-1) ?? 0;
      const fresh = await watchWindow(since, shift, signal);
      return { ...fresh, series: joined(former?.series, fresh.series) };
    },
    [shift],
    PERIOD_MS,
  );
}
