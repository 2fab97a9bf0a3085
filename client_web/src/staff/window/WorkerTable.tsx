import { Fragment } from "preact";
import { formatNumber, formatShare, formatTime } from "../../base/formats";
import { Icon, type IconName } from "../../base/Icon";
import type { WorkerRow } from "../../protocol/messages";
import { DataTable } from "../DataTable";
import { coded, t } from "../texts";
import { sizeText } from "./size";

const STATES: Record<WorkerRow["state"], { icon: IconName; tone: string }> = {
  live: { icon: "check", tone: "saved" },
  lost: { icon: "stop", tone: "danger" },
  replaced: { icon: "info", tone: "replaced" },
};

const NUMBERS = ["connections", "events", "ack", "flush", "queue", "cpu", "memory", "lag"] as const;

/** Every worker of every machine, as it told within the last second. */
export function WorkerTable({ workers }: { workers: readonly WorkerRow[] }) {
  return (
    <section class="block window-workers" aria-labelledby="window-workers">
      <h2 id="window-workers">{t("window_workers")}</h2>
      <DataTable
        caption={t("window_workers")}
        columns={[
          { name: "worker", label: t("column_worker") },
          ...NUMBERS.map((name) => ({ name, label: t(`column_${name}`), number: true as const })),
        ]}
      >
        {workers.map((worker) => (
          <Fragment key={worker.worker}>
            <Row worker={worker} />
            <Troubles worker={worker} />
          </Fragment>
        ))}
      </DataTable>
    </section>
  );
}

function Row({ worker }: { worker: WorkerRow }) {
  return (
    <tr class={`worker worker-${worker.state}`}>
      <td>
        <p class="strong">{`${worker.host} · ${worker.worker}`}</p>
        <StateOf worker={worker} />
        <p class="soft nowrap worker-since">
          {t("worker_since", { time: formatTime(worker.started_at), pid: worker.pid })}
        </p>
      </td>
      <td class="number">{worker.connections}</td>
      <td class="number">{formatNumber(worker.events_per_s, 0)}</td>
      <td class="number nowrap">{`${ms(worker.ack_ms_p50)} / ${ms(worker.ack_ms_p99)}`}</td>
      <td class="number nowrap">{`${ms(worker.flush_ms_p99)} · ${rows(worker)}`}</td>
      <td class="number">{worker.queue_rows}</td>
      <td class="number nowrap">{formatShare(worker.cpu_share)}</td>
      <td class="number nowrap">{sizeText(worker.rss_bytes)}</td>
      <td class="number nowrap">{ms(worker.lag_ms)}</td>
    </tr>
  );
}

function StateOf({ worker }: { worker: WorkerRow }) {
  const { icon, tone } = STATES[worker.state];
  return (
    <span class={`mark mark-${tone}`}>
      <Icon name={icon} /> {t(`worker_${worker.state}`, { seconds: Math.round(worker.age_s) })}
    </span>
  );
}

function ms(value: number | null): string {
  return value === null ? "–" : `${formatNumber(value, value < 10 ? 1 : 0)}\u00a0ms`;
}

function rows(worker: WorkerRow): string {
  return worker.flush_rows_mean === null ? "–" : formatNumber(worker.flush_rows_mean, 1);
}

/** What went wrong since the worker's start, or who waits. */
function Troubles({ worker }: { worker: WorkerRow }) {
  const said = [
    ...counted(worker.entrance_queue, (count) => t("trouble_entrance", { count })),
    ...counted(worker.flush_failures, (count) => t("trouble_flush_failures", { count })),
    ...counted(worker.fence_conflicts, (count) => t("trouble_fence", { count })),
    ...Object.entries(worker.conflicts).map(([fate, count]) =>
      t("trouble_conflicts", { fate: coded("fate", fate), count }),
    ),
    ...Object.entries(worker.closes)
      // These are the fence conflicts once more.
      .filter(([code]) => code !== "SUPERSEDED")
      .map(([code, count]) => t("trouble_closes", { code: coded("closed", code.toLowerCase()), count })),
  ];
  if (said.length === 0) return null;
  return (
    <tr class={`worker-${worker.state} worker-troubles`}>
      <td colSpan={NUMBERS.length + 1}>{`${t("worker_troubles")} ${said.join("; ")}.`}</td>
    </tr>
  );
}

function counted(count: number, say: (count: number) => string): string[] {
  return count > 0 ? [say(count)] : [];
}
