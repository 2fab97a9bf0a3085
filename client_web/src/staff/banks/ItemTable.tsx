import { useRef, useState } from "preact/hooks";
import { Icon } from "../../base/Icon";
import type { ItemRow } from "../../protocol/messages";
import { compareTexts } from "../core/names";
import { type Order, ordered, turned } from "../core/order";
import { readable } from "../core/readable";
import { type Column, DataTable } from "../DataTable";
import { partText, shortPlace } from "../parts";
import { coded, t } from "../texts";

type Name = "number" | "part" | "kind" | "level" | "text" | "state" | "source";

interface ItemTableProps {
  rows: readonly ItemRow[];
  shown: number | null;
  /** Only the columns that find an item, beside a preview. */
  narrow: boolean;
  onShow: (item: number | null) => void;
}

/** The items; up and down move, Enter shows, Escape closes. */
export function ItemTable({ rows, shown, narrow, onShow }: ItemTableProps) {
  const [order, setOrder] = useState<Order<Name> | null>(null);
  const [at, setAt] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  const sorted = order === null ? rows : sortedBy(rows, order);
  const place = Math.min(at, sorted.length - 1);
  const move = (next: number) => {
    const row = sorted[next];
    if (row === undefined) return;
    setAt(next);
    if (shown !== null) onShow(row.id);
    body.current?.querySelectorAll<HTMLButtonElement>(".row-open")[next]?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const target = KEYS[event.key]?.(place, sorted.length);
    if (event.key === "Escape") onShow(null);
    if (target === undefined) return;
    event.preventDefault();
    move(target);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move among the buttons inside.
    <div ref={body} onKeyDown={keys} class="item-table">
      <DataTable
        caption={t("items_table")}
        columns={columns(narrow)}
        {...(order && { order })}
        onOrder={(column) => setOrder(turned(order ?? { column, descending: true }, column))}
      >
        {sorted.map((row, index) => (
          <Row
            key={row.id}
            row={row}
            narrow={narrow}
            reachable={index === place}
            shown={row.id === shown}
            onShow={() => {
              setAt(index);
              onShow(row.id === shown ? null : row.id);
            }}
          />
        ))}
      </DataTable>
    </div>
  );
}

const KEYS: Record<string, (place: number, count: number) => number> = {
  ArrowDown: (place, count) => Math.min(place + 1, count - 1),
  ArrowUp: (place) => Math.max(place - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

function columns(narrow: boolean): Column<Name>[] {
  const all: Column<Name>[] = [
    { name: "part", label: t("column_part"), sorts: true, class: "w-part" },
    { name: "number", label: t("column_number"), sorts: true, number: true, class: "w-number" },
    { name: "text", label: t("column_stem") },
    { name: "kind", label: t("column_kind"), sorts: true, class: "w-kind" },
    { name: "level", label: t("column_level"), sorts: true, class: "w-level" },
    { name: "state", label: t("column_review"), sorts: true, class: "w-state" },
    { name: "source", label: t("column_source"), sorts: true, class: "w-source" },
  ];
  return narrow ? all.filter((column) => ["number", "text", "state"].includes(column.name)) : all;
}

/** What a column orders by, as a number or a text; null is not there. */
const VALUES: Record<Name, (row: ItemRow) => string | number | null> = {
  number: (row) => row.number,
  part: (row) => row.part,
  kind: (row) => row.kind,
  level: (row) => (row.level === null ? null : ["NB", "TH", "VD", "VDC"].indexOf(row.level)),
  text: (row) => row.text,
  state: (row) => (row.has_key ? 0 : 100) + row.warnings.length,
  source: (row) => row.source,
};

function sortedBy(rows: readonly ItemRow[], order: Order<Name>): ItemRow[] {
  const value = VALUES[order.column];
  return ordered(rows, value, order.descending, (a, b) => compareTexts(String(value(a)), String(value(b))));
}

interface RowProps {
  row: ItemRow;
  narrow: boolean;
  reachable: boolean;
  shown: boolean;
  onShow: () => void;
}

function Row({ row, narrow, reachable, shown, onShow }: RowProps) {
  return (
    <tr class={shown ? "row row-shown" : "row"} onClick={onShow}>
      {!narrow && <td>{row.part && partText(row.part)}</td>}
      <td class="number">{narrow ? shortPlace(row) : row.number}</td>
      <td>
        <button
          type="button"
          class="row-open"
          tabIndex={reachable ? 0 : -1}
          aria-expanded={shown}
          onClick={(event) => {
            event.stopPropagation();
            onShow();
          }}
        >
          {readable(row.text) || t("item_without_text")}
        </button>
      </td>
      {!narrow && <td>{coded("kind", row.kind)}</td>}
      {!narrow && <td>{row.level && t(`level_${row.level}`)}</td>}
      <td>
        <ReviewMark row={row} />
      </td>
      {!narrow && <td class="source">{row.source}</td>}
    </tr>
  );
}

function ReviewMark({ row }: { row: ItemRow }) {
  if (!row.has_key) {
    return (
      <span class="mark mark-danger">
        <Icon name="stop" /> {t("mark_no_key")}
      </span>
    );
  }
  if (row.warnings.length > 0) {
    return (
      <span class="mark mark-waiting">
        <Icon name="warning" /> {t("mark_doubtful")}
      </span>
    );
  }
  return (
    <span class="mark mark-saved">
      <Icon name="check" /> {t("mark_clean")}
    </span>
  );
}
