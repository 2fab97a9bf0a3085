import { useState } from "preact/hooks";
import { Field, TextField } from "../../base/Field";
import { formatDecimal } from "../../base/formats";
import type { Results, ScriptRow } from "../../protocol/messages";
import { compareNames, compareTexts } from "../core/names";
import { type Order, ordered, turned, type Value } from "../core/order";
import { matching } from "../core/review";
import { type Column, DataTable } from "../DataTable";
import { partText } from "../parts";
import { pointsText } from "../points";
import { StateMark } from "../StateMark";
import { t } from "../texts";

type Name = "number" | "name" | "class" | "state" | "answered" | "score" | `part-${number}`;

/** Every candidate with the part scores; any column orders it, names by given name. */
export function ClassTable({ results }: { results: Results }) {
  const [order, setOrder] = useState<Order<Name>>({ column: "name", descending: false });
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState("");
  const classes = [...new Set(results.scripts.map((row) => row.class_name ?? ""))].sort(compareTexts);
  const ofClass = results.scripts.filter((row) => chosen === "" || row.class_name === chosen);
  const found = matching(ofClass, typed);
  const labels = partsOf(results.scripts);
  return (
    <section class="block" aria-label={t("results_class")}>
      <search class="filters no-print">
        <TextField
          label={t("filter_candidates")}
          type="search"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {classes.length > 1 && (
          <Field label={t("column_class")}>
            {(control) => (
              <select
                {...control}
                class="input"
                value={chosen}
                onChange={(event) => setChosen(event.currentTarget.value)}
              >
                <option value="">{t("filter_all")}</option>
                {classes
                  .filter((each) => each !== "")
                  .map((each) => (
                    <option key={each}>{each}</option>
                  ))}
              </select>
            )}
          </Field>
        )}
      </search>
      <p class="row-count" role="status">
        {t("row_count", { shown: found.length, total: results.scripts.length })}
      </p>
      <DataTable
        caption={t("results_class")}
        columns={columns(labels, results)}
        order={order}
        onOrder={(column) => setOrder(turned(order, column))}
      >
        {sortedBy(found, order).map((row) => (
          <Script key={row.sitting} row={row} labels={labels} items={results.items.length} />
        ))}
      </DataTable>
    </section>
  );
}

/** The parts' labels, from the script that has most of them; scripts not in have none. */
function partsOf(scripts: readonly ScriptRow[]): { label: string; points: string }[] {
  const fullest = scripts.reduce<ScriptRow | undefined>(
    (best, row) => (best === undefined || row.parts.length > best.parts.length ? row : best),
    undefined,
  );
  return (fullest?.parts ?? []).map(({ label, points }) => ({ label, points }));
}

function columns(labels: readonly { label: string; points: string }[], results: Results): Column<Name>[] {
  return [
    { name: "number", label: t("column_candidate_number"), sorts: true },
    { name: "name", label: t("column_name"), sorts: true },
    { name: "class", label: t("column_class"), sorts: true },
    { name: "state", label: t("column_state"), sorts: true },
    { name: "answered", label: t("answered"), sorts: true, number: true },
    ...labels.map(
      ({ label, points }, index): Column<Name> => ({
        name: `part-${index}`,
        label: `${partText(label)} (${formatDecimal(points)})`,
        sorts: true,
        number: true,
      }),
    ),
    {
      name: "score",
      label: `${t("column_score")} (${formatDecimal(results.total_points)})`,
      sorts: true,
      number: true,
    },
  ];
}

function columnValue(column: Name): (row: ScriptRow) => Value {
  switch (column) {
    case "number":
      return (row) => row.number;
    case "name":
      return (row) => row.name;
    case "class":
      return (row) => row.class_name;
    case "state":
      return (row) => t(`state_${row.state}`);
    case "answered":
      return (row) => row.answered;
    case "score":
      return (row) => decimal(row.score);
    default: {
      const index = Number(column.slice("part-".length));
      return (row) => decimal(row.parts[index]?.score ?? null);
    }
  }
}

/** Decimal text as a number, for ordering only: two decimals compare exactly. */
function decimal(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function sortedBy(rows: readonly ScriptRow[], order: Order<Name>): ScriptRow[] {
  const value = columnValue(order.column);
  const compareText = order.column === "name" ? compareNames : compareTexts;
  return ordered(rows, value, order.descending, (a, b) => {
    const [left, right] = [value(a), value(b)];
    if (typeof left === "number" && typeof right === "number") return left - right;
    return compareText(String(left), String(right));
  });
}

interface ScriptProps {
  row: ScriptRow;
  labels: readonly { label: string }[];
  items: number;
}

function Script({ row, labels, items }: ScriptProps) {
  return (
    <tr>
      <td class="tabular">{row.number}</td>
      <td>{row.name}</td>
      <td>{row.class_name}</td>
      <td>
        <StateMark state={row.state} />
      </td>
      <td class="number">{`${row.answered}/${items}`}</td>
      {labels.map((part, index) => (
        <td key={part.label} class="number">
          {scoreOf(row.parts[index]?.score ?? null)}
        </td>
      ))}
      <td class="number strong">{scoreOf(row.score)}</td>
    </tr>
  );
}

function scoreOf(score: string | null): string {
  return score === null ? "–" : pointsText(score);
}
