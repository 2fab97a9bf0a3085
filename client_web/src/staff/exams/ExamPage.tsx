import { useState } from "preact/hooks";
import { Button } from "../../base/Button";
import { Dialog } from "../../base/Dialog";
import { formatDateTime, formatDecimal } from "../../base/formats";
import type { ExamDetail, PaperItem, ShiftRow } from "../../protocol/messages";
import { pictureUrl, readExam, readItem } from "../api";
import { readable } from "../core/readable";
import { DataTable } from "../DataTable";
import { Empty, Heading } from "../Heading";
import { ItemCard, itemTitle } from "../ItemCard";
import { Loaded, useLoad } from "../Loading";
import { partText } from "../parts";
import { pointsText } from "../points";
import { go, Link } from "../router";
import { StateCounts } from "../StateCounts";
import { coded, counted, t } from "../texts";
import { Expected } from "./Expected";

/** An exam: its shifts and its paper. */
export function ExamPage({ exam, may }: { exam: number; may: (permission: string) => boolean }) {
  const load = useLoad((signal) => readExam(exam, signal), [exam]);
  const detail = load.value;
  return (
    <>
      <Heading
        title={detail?.title ?? t("column_exam")}
        up={{ to: { page: "exams" }, label: t("nav_exams") }}
        note={detail && examNote(detail)}
      >
        {may("results.read") && (
          <Button icon="chart" onClick={() => go({ page: "results", exam, tab: "class" })}>
            {t("nav_results")}
          </Button>
        )}
      </Heading>
      <Loaded load={load}>
        {(found) => (
          <>
            <ShiftsOf detail={found} may={may} />
            <Paper detail={found} mayRead={may("items.read")} />
          </>
        )}
      </Loaded>
    </>
  );
}

function examNote(detail: ExamDetail): string {
  return [
    detail.subject,
    t("minutes", { minutes: detail.minutes }),
    counted("items", detail.paper.length),
    t("points_total", { points: formatDecimal(detail.total_points) }),
  ].join(" · ");
}

function ShiftsOf({ detail, may }: { detail: ExamDetail; may: (permission: string) => boolean }) {
  return (
    <section class="block" aria-labelledby="shifts">
      <div class="block-head">
        <h2 id="shifts">{t("column_shifts")}</h2>
        <Button kind="primary" icon="plus" onClick={() => go({ page: "new_shift", exam: detail.id })}>
          {t("shift_create")}
        </Button>
      </div>
      {detail.shifts.length === 0 ? (
        <Empty title={t("shifts_empty")}>
          <p>{t("shifts_empty_begin")}</p>
        </Empty>
      ) : (
        <DataTable
          caption={t("column_shifts")}
          columns={[
            { name: "name", label: t("column_shift"), class: "w-kind" },
            { name: "opens", label: t("column_bell"), class: "w-bell" },
            { name: "candidates", label: t("column_candidates"), number: true, class: "w-number" },
            { name: "states", label: t("column_state") },
            { name: "acts", label: t("column_next"), class: "w-state" },
          ]}
        >
          {detail.shifts.map((shift) => (
            <ShiftLine key={shift.id} shift={shift} may={may} />
          ))}
        </DataTable>
      )}
    </section>
  );
}

function ShiftLine({ shift, may }: { shift: ShiftRow; may: (permission: string) => boolean }) {
  return (
    <tr>
      <td>
        <span class="strong">{shift.name}</span>
        <br />
        {shift.room}
      </td>
      <td>{formatDateTime(shift.started_at ?? shift.opens_at)}</td>
      <td class="number">{shift.candidates}</td>
      <td>
        <StateCounts states={shift.states} />
      </td>
      <td>
        <div class="links">
          {may("roster.import") && (
            <Link to={{ page: "roster", exam: shift.exam_id, shift: shift.id }}>
              {shift.candidates === 0 ? t("roster_import") : t("roster_open")}
            </Link>
          )}
          {may("room.watch") && (
            <Link to={{ page: "room", shift: shift.id, tab: "map" }}>{t("room_open")}</Link>
          )}
        </div>
      </td>
    </tr>
  );
}

function Paper({ detail, mayRead }: { detail: ExamDetail; mayRead: boolean }) {
  const [shown, setShown] = useState<PaperItem | null>(null);
  return (
    <section class="block" aria-labelledby="paper">
      <div class="block-head">
        <h2 id="paper">{t("paper")}</h2>
      </div>
      <DataTable
        caption={t("paper")}
        columns={[
          { name: "part", label: t("column_part"), class: "w-part" },
          { name: "number", label: t("column_number"), number: true, class: "w-number" },
          { name: "text", label: t("column_stem") },
          { name: "kind", label: t("column_kind"), class: "w-kind" },
          { name: "points", label: t("column_points"), number: true, class: "w-number" },
        ]}
      >
        {detail.paper.map((item) => (
          <tr key={item.id}>
            <td>{partText(item.part)}</td>
            <td class="number">{item.number}</td>
            <td>
              {mayRead ? (
                <button type="button" class="row-open" onClick={() => setShown(item)}>
                  {readable(item.text) || t("item_without_text")}
                </button>
              ) : (
                readable(item.text)
              )}
            </td>
            <td>{coded("kind", item.kind)}</td>
            <td class="number">{pointsText(item.points)}</td>
          </tr>
        ))}
        <tr class="total">
          <td colSpan={4}>{t("total")}</td>
          <td class="number">{pointsText(detail.total_points)}</td>
        </tr>
      </DataTable>
      <Expected expectation={detail.expectation} />
      {shown && <ItemDialog item={shown} onClose={() => setShown(null)} />}
    </section>
  );
}

/** An item of the paper above its table. */
export function ItemDialog({ item, onClose }: { item: PaperItem; onClose: () => void }) {
  const load = useLoad((signal) => readItem(item.id, signal), [item.id]);
  return (
    <Dialog open wide title={itemTitle(item)} onClose={onClose}>
      <Loaded load={load}>
        {(detail) => <ItemCard item={detail} name={`paper-${item.id}`} pictures={pictureUrl} />}
      </Loaded>
    </Dialog>
  );
}
