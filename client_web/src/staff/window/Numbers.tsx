import { formatNumber } from "../../base/formats";
import type { Series } from "../../protocol/messages";
import { type Column, highestOf } from "../core/history";
import { type StaffText, t } from "../texts";

type Row = readonly [name: StaffText, column: (series: Series) => Column, unit: string, decimals: number];

const ROWS: readonly Row[] = [
  ["figure_ack_p50", (series) => series.ack_ms_p50, "ms", 0],
  ["figure_ack_p99", (series) => series.ack_ms_p99, "ms", 0],
  ["figure_events", (series) => series.events_per_s, "", 0],
  ["figure_connections", (series) => series.connections, "", 0],
  ["figure_queue", (series) => series.queue_rows, "", 0],
  ["figure_reconnects", (series) => series.reconnects_per_s, "", 1],
];

/** The plots' last and highest values as a table: for screen readers, paper and a voice on the telephone. */
export function Numbers({ series }: { series: Series }) {
  return (
    <div class="window-numbers">
      <h3 id="window-numbers">{t("window_numbers")}</h3>
      <table class="data" aria-labelledby="window-numbers">
        <thead>
          <tr>
            <th scope="col">{t("column_figure")}</th>
            <th scope="col" class="number">
              {t("column_now")}
            </th>
            <th scope="col" class="number">
              {t("column_highest")}
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, column, unit, decimals]) => (
            <tr key={name}>
              <th scope="row">{t(name)}</th>
              <td class="number">{valued(column(series).at(-1) ?? null, unit, decimals)}</td>
              <td class="number">{valued(highestOf(column(series)), unit, decimals)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function valued(value: number | null, unit: string, decimals: number): string {
  if (value === null) return "–";
  return unit === "" ? formatNumber(value, decimals) : `${formatNumber(value, decimals)}\u00a0${unit}`;
}
