import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatDateTime } from "../../base/formats";
import type { CandidateRow, ExamDetail } from "../../protocol/messages";
import { DataTable } from "../DataTable";
import { downloadCsv } from "../download";
import { useHold } from "../router";
import { t } from "../texts";

interface PinListProps {
  candidates: readonly CandidateRow[];
  exam: ExamDetail;
  shift: number;
}

/** The PINs, which only this reply holds: print, download or copy before leaving. */
export function PinList({ candidates, exam, shift }: PinListProps) {
  const [kept, setKept] = useState(false);
  const [copied, setCopied] = useState(false);
  useHold(kept ? null : t("pins_leave"));
  const rows = [
    [t("column_candidate_number"), t("column_name"), t("column_class"), t("column_seat"), t("column_pin")],
    ...candidates.map((row) => [row.number, row.name, row.class_name ?? "", row.seat ?? "", row.pin ?? ""]),
  ];
  const copy = async () => {
    const done = await copyText(rows.map((row) => row.join("\t")).join("\n"));
    setCopied(done);
    if (done) setKept(true);
  };
  return (
    <>
      <div class="no-print pins-head">
        <Banner tone={kept ? "saved" : "waiting"} live="polite">
          <p class="strong">{t("pins_stored", { count: candidates.length })}</p>
          <p>{kept ? t("pins_kept") : t("pins_once")}</p>
        </Banner>
        <div class="acts">
          <Button
            kind="primary"
            icon="print"
            onClick={() => {
              setKept(true);
              print();
            }}
          >
            {t("pins_print")}
          </Button>
          <Button
            icon="download"
            onClick={() => {
              setKept(true);
              downloadCsv(`${t("pins_file")} ${exam.title}`, rows);
            }}
          >
            {t("pins_download")}
          </Button>
          <Button icon={copied ? "check" : "list"} onClick={() => void copy()}>
            {copied ? t("pins_copied") : t("pins_copy")}
          </Button>
        </div>
        <PinTable candidates={candidates} />
      </div>
      <Cards candidates={candidates} exam={exam} shift={shift} />
    </>
  );
}

function PinTable({ candidates }: { candidates: readonly CandidateRow[] }) {
  return (
    <DataTable
      caption={t("pins_file")}
      columns={[
        { name: "number", label: t("column_candidate_number") },
        { name: "name", label: t("column_name") },
        { name: "class", label: t("column_class") },
        { name: "seat", label: t("column_seat") },
        { name: "pin", label: t("column_pin") },
      ]}
    >
      {candidates.map((row) => (
        <tr key={row.sitting}>
          <td class="tabular">{row.number}</td>
          <td>{row.name}</td>
          <td>{row.class_name}</td>
          <td class="tabular">{row.seat}</td>
          <td class="pin">{row.pin}</td>
        </tr>
      ))}
    </DataTable>
  );
}

/** A card to cut out for each candidate, on paper only. */
function Cards({ candidates, exam, shift }: PinListProps) {
  const row = exam.shifts.find((each) => each.id === shift);
  return (
    <div class="cards print-only">
      {candidates.map((candidate) => (
        <section key={candidate.sitting} class="card">
          <p class="card-exam">{exam.title}</p>
          <p class="card-name">{candidate.name}</p>
          <dl>
            <dt>{t("column_candidate_number")}</dt>
            <dd class="card-number">{candidate.number}</dd>
            <dt>{t("column_pin")}</dt>
            <dd class="card-number">{candidate.pin}</dd>
            <dt>{t("column_class")}</dt>
            <dd>{candidate.class_name}</dd>
            <dt>{t("column_room")}</dt>
            <dd>
              {[row?.room, candidate.seat && t("seat", { seat: candidate.seat })].filter(Boolean).join(" · ")}
            </dd>
            <dt>{t("column_bell")}</dt>
            <dd>{row && formatDateTime(row.opens_at)}</dd>
            <dt>{t("card_address")}</dt>
            <dd>{location.origin}</dd>
          </dl>
        </section>
      ))}
    </div>
  );
}

/** Copies a text; on plain http, as in a school's LAN, by the old way. Tells whether it worked. */
async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}
