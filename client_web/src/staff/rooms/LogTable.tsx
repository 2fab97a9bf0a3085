import { useEffect, useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { TextField } from "../../base/Field";
import { formatDate, formatDateTime, formatTime } from "../../base/formats";
import type { LogRow, ShiftRow } from "../../protocol/messages";
import { readLog } from "../api";
import { contains } from "../core/names";
import { DataTable } from "../DataTable";
import { downloadCsv } from "../download";
import { Empty } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { coded, t } from "../texts";

const REFRESH_MS = 5_000;

/** What happened in the room, the newest first: for looking up, for the minutes, on paper. */
export function LogTable({ shift }: { shift: ShiftRow }) {
  const load = useLoad((signal) => readLog(shift.id, signal), [shift.id]);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    const timer = setInterval(load.again, REFRESH_MS);
    return () => clearInterval(timer);
  }, [load.again]);
  return (
    <Loaded load={load}>
      {({ rows }) => {
        const found = rows.filter((row) => contains(line(row).join(" "), typed));
        return (
          <section class="block" aria-label={t("room_log")}>
            <p class="print-only">{formatDateTime(shift.started_at ?? shift.opens_at)}</p>
            <div class="block-head no-print">
              <search class="filters">
                <TextField
                  label={t("log_search")}
                  type="search"
                  value={typed}
                  onInput={(event) => setTyped(event.currentTarget.value)}
                />
              </search>
              <div class="acts">
                <Button icon="download" onClick={() => save(shift, found)}>
                  {t("download_csv")}
                </Button>
                <Button icon="print" onClick={() => print()}>
                  {t("print")}
                </Button>
              </div>
            </div>
            <p class="row-count" role="status">
              {t("row_count", { shown: found.length, total: rows.length })}
            </p>
            {rows.length === 0 ? <Empty title={t("log_empty")} /> : <Rows rows={found} />}
          </section>
        );
      }}
    </Loaded>
  );
}

function heads(): string[] {
  return [
    t("column_time"),
    t("column_event"),
    t("column_candidate_number"),
    t("column_name"),
    t("column_actor"),
    t("column_detail"),
    t("column_reason"),
  ];
}

function line(row: LogRow): string[] {
  return [
    `${formatDate(row.at)} ${formatTime(row.at, true)}`,
    coded("log", row.kind),
    row.number ?? "",
    row.name ?? "",
    actorText(row.actor),
    detailText(row),
    reasonText(row),
  ];
}

/** The detail in words: added milliseconds as minutes, who ended it; a fence says nothing to a reader. */
function detailText(row: LogRow): string {
  if (row.kind === "extended") return t("minutes", { minutes: Math.round(Number(row.detail) / 60_000) });
  if (row.kind === "taken_over") return "";
  return coded("by", row.detail);
}

function reasonText(row: LogRow): string {
  return row.reason === null ? "" : coded("log_reason", row.reason);
}

/** Who did it: a member of staff by name; the system and the candidate have no names of their own. */
function actorText(actor: string): string {
  return coded("actor", actor);
}

function save(shift: ShiftRow, rows: readonly LogRow[]): void {
  downloadCsv(`${t("room_log")} ${shift.name} ${shift.room}`, [heads(), ...rows.map(line)]);
}

function Rows({ rows }: { rows: readonly LogRow[] }) {
  const names = ["time", "event", "number", "name", "actor", "detail", "reason"] as const;
  const labels = heads();
  return (
    <DataTable
      caption={t("room_log")}
      columns={names.map((name, index) => ({ name, label: labels[index] ?? "" }))}
    >
      {rows.map((row) => (
        <tr key={`${row.at} ${row.number} ${row.kind} ${row.detail}`}>
          <td class="tabular nowrap">{formatTime(row.at, true)}</td>
          <td class="strong">{coded("log", row.kind)}</td>
          <td class="tabular">{row.number}</td>
          <td>{row.name}</td>
          <td>{actorText(row.actor)}</td>
          <td>{detailText(row)}</td>
          <td>{reasonText(row)}</td>
        </tr>
      ))}
    </DataTable>
  );
}
