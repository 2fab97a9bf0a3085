import { formatNumber } from "../../base/formats";
import { percentile } from "../stats";
import { t } from "../texts";
import type { Latency } from "./candidate";

const WIDTH = 900;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = WIDTH - 8;
const TOP = 24;
const FLOOR = HEIGHT - 40;
const MARKS = [0, 0.5, 1] as const;
const SLOT_MS = 10_000;

interface PlotProps {
  latencies: readonly Latency[];
  cut_ms: number;
}

/** Every acknowledged event by when it was due; the cut and the median are marked. The table behind it says the same. */
export function LatencyPlot({ latencies, cut_ms }: PlotProps) {
  const end = Math.max(1, ...latencies.map(({ due_ms }) => due_ms));
  const slowest = Math.max(1, ...latencies.map(({ taken_ms }) => taken_ms));
  const median =
    percentile(
      latencies.map(({ taken_ms }) => taken_ms),
      0.5,
    ) ?? 0;
  const x = (ms: number) => LEFT + ((RIGHT - LEFT) * Math.max(0, ms)) / end;
  const y = (ms: number) => FLOOR - ((FLOOR - TOP) * ms) / slowest;
  return (
    <figure class="lab-plot">
      <figcaption>{t("plot_title")}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("plot_title")}>
        <path class="lab-axis" d={`M${LEFT} ${TOP}V${FLOOR}H${RIGHT}`} />
        <path class="lab-cut" d={`M${x(cut_ms)} ${TOP}V${FLOOR}`} />
        <text x={x(cut_ms) - 6} y={TOP + 12} text-anchor="end">
          {t("plot_cut")}
        </text>
        <path class="lab-median" d={`M${LEFT} ${y(median)}H${RIGHT}`} />
        <text class="lab-median-text" x={RIGHT} y={TOP - 10} text-anchor="end">
          {t("plot_median", { ms: Math.round(median) })}
        </text>
        {latencies.map(({ due_ms, taken_ms }, place) => (
          <circle key={place} class="lab-dot" cx={x(due_ms)} cy={y(taken_ms)} r={2.5} />
        ))}
        {MARKS.map((mark) => (
          <g key={mark}>
            <text x={LEFT - 8} y={y(slowest * mark) + 4} text-anchor="end">
              {formatNumber(slowest * mark)}
            </text>
            <text x={x(end * mark)} y={FLOOR + 18} text-anchor="middle">
              {formatNumber((end * mark) / 1000)}
            </text>
          </g>
        ))}
        <text x={LEFT - 8} y={TOP - 10} text-anchor="end">
          {t("plot_y")}
        </text>
        <text x={RIGHT} y={HEIGHT - 4} text-anchor="end">
          {t("plot_x")}
        </text>
      </svg>
      <details class="lab-behind">
        <summary>{t("plot_table")}</summary>
        <SlotTable latencies={latencies} />
      </details>
    </figure>
  );
}

function SlotTable({ latencies }: { latencies: readonly Latency[] }) {
  const slots = new Map<number, number[]>();
  for (const { due_ms, taken_ms } of latencies) {
    const slot = Math.max(0, Math.floor(due_ms / SLOT_MS));
    slots.set(slot, [...(slots.get(slot) ?? []), taken_ms]);
  }
  const heads = ["table_from", "table_count", "table_median", "table_slowest"] as const;
  return (
    <table class="lab-table">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col" class="number">
              {t(head)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...slots.entries()]
          .sort(([a], [b]) => a - b)
          .map(([slot, taken]) => (
            <tr key={slot}>
              <td class="number">{(slot * SLOT_MS) / 1000}</td>
              <td class="number">{taken.length}</td>
              <td class="number">{Math.round(percentile(taken, 0.5) ?? 0)}</td>
              <td class="number">{Math.round(Math.max(...taken))}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
