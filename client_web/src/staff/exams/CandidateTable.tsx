import { useState } from "preact/hooks";
import { currentLanguage } from "../../base/catalogue";
import type { CandidateRow } from "../../protocol/messages";
import { birthDate } from "../core/moment";
import { compareNames, compareTexts } from "../core/names";
import { type Order, ordered, turned } from "../core/order";
import { type Column, DataTable } from "../DataTable";
import { t } from "../texts";

type Name = "number" | "name" | "class" | "birth" | "seat";

const VALUES: Record<Name, (row: CandidateRow) => string | null> = {
  number: (row) => row.number || null,
  name: (row) => row.name,
  class: (row) => row.class_name,
  birth: (row) => row.birth_date,
  seat: (row) => row.seat,
};

/** Candidates of a list; any column orders it, names by given name. */
export function CandidateTable({ rows }: { rows: readonly CandidateRow[] }) {
  const [order, setOrder] = useState<Order<Name>>({ column: "number", descending: false });
  const value = VALUES[order.column];
  const compare = order.column === "name" ? compareNames : compareTexts;
  const sorted = ordered(rows, value, order.descending, (a, b) => compare(value(a) ?? "", value(b) ?? ""));
  const columns: Column<Name>[] = [
    { name: "number", label: t("column_candidate_number"), sorts: true },
    { name: "name", label: t("column_name"), sorts: true },
    { name: "class", label: t("column_class"), sorts: true },
    { name: "birth", label: t("column_birth"), sorts: true },
    { name: "seat", label: t("column_seat"), sorts: true },
  ];
  return (
    <DataTable
      caption={t("candidates")}
      columns={columns}
      order={order}
      onOrder={(column) => setOrder(turned(order, column))}
    >
      {sorted.map((row, index) => (
        <tr key={row.sitting || `${row.number} ${index}`}>
          <td class="tabular">{row.number}</td>
          <td>{row.name}</td>
          <td>{row.class_name}</td>
          <td class="tabular">{birthDate(row.birth_date, currentLanguage() === "vi")}</td>
          <td class="tabular">{row.seat}</td>
        </tr>
      ))}
    </DataTable>
  );
}
