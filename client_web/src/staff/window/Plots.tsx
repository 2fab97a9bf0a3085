import type { Series } from "../../protocol/messages";
import type { Column } from "../core/history";
import { TimePlot } from "../plots/TimePlot";
import { t } from "../texts";

const GB = 2 ** 30;

/** The last minutes of all workers together, and of each where that tells more. */
export function Plots({ series }: { series: Series }) {
  const { slots } = series;
  if (slots.length < 2) return <p class="soft">{t("window_plots_soon")}</p>;
  const disks = Object.entries(series.disk_free_bytes);
  return (
    <>
      <TimePlot
        title={t("plot_ack")}
        slots={slots}
        lines={[
          { name: t("line_p99"), column: series.ack_ms_p99 },
          { name: t("line_p50"), column: series.ack_ms_p50 },
        ]}
      />
      <Single title={t("plot_events")} slots={slots} column={series.events_per_s} />
      <Single title={t("plot_connections")} slots={slots} column={series.connections} whole />
      <Single title={t("plot_queue")} slots={slots} column={series.queue_rows} whole />
      <Single title={t("plot_reconnects")} slots={slots} column={series.reconnects_per_s} decimals={1} />
      <TimePlot
        title={t("plot_cpu")}
        slots={slots}
        lines={Object.entries(series.cpu_share).map(([worker, column]) => ({
          name: t("line_worker", { worker }),
          column: scaled(column, 100),
        }))}
      />
      {disks.length > 0 && (
        <TimePlot
          title={t("plot_disk")}
          slots={slots}
          lines={disks.map(([host, column]) => ({ name: host, column: scaled(column, 1 / GB) }))}
          decimals={1}
        />
      )}
    </>
  );
}

interface SingleProps {
  title: string;
  slots: readonly number[];
  column: Column;
  whole?: boolean;
  decimals?: number;
}

function Single({ title, column, ...rest }: SingleProps) {
  return <TimePlot title={title} lines={[{ name: title, column }]} {...rest} />;
}

function scaled(column: Column, factor: number): Column {
  return column.map((value) => (value === null ? null : value * factor));
}
