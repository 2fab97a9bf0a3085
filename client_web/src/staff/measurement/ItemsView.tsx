import { useRef, useState } from "preact/hooks";
import { Button } from "../../base/Button";
import type { TestAnalysis } from "../../protocol/messages";
import {
  type ColumnGroup,
  columnsOf,
  filteredLines,
  groupsOf,
  type ItemColumn,
  NO_FILTER,
  sortedLines,
} from "../core/item_columns";
import { type Order, turned } from "../core/order";
import type { Route } from "../core/route";
import { DataTable } from "../DataTable";
import { ItemScatter } from "../plots/ItemScatter";
import { t } from "../texts";
import { FileLink } from "./FileLink";
import { ItemRow } from "./ItemRow";
import { ItemsFilter } from "./ItemsFilter";
import { headOf } from "./itemTexts";
import { Notes } from "./Notes";
import { useRowKeys } from "./useRowKeys";

interface ItemsViewProps {
  analysis: TestAnalysis;
  routeTo: (item: { item: number }) => Route;
}

/** Every item with its figures, by groups of columns; any column orders, part and remark narrow. */
export function ItemsView({ analysis, routeTo }: ItemsViewProps) {
  const lines = analysis.items;
  const [group, setGroup] = useState<ColumnGroup>("basic");
  const [order, setOrder] = useState<Order<ItemColumn>>({ column: "place", descending: false });
  const [filter, setFilter] = useState(NO_FILTER);
  const body = useRef<HTMLDivElement>(null);
  const keys = useRowKeys(body, "tbody .row-link");
  const columns = columnsOf(group, lines);
  const found = sortedLines(filteredLines(lines, filter), order);
  return (
    <section class="block" aria-label={t("results_items")}>
      <Notes notes={analysis.notes.filter((note) => note.attention)} />
      <ItemScatter
        items={lines.map((line) => ({ ...line, remarked: line.flags.some((flag) => flag.attention) }))}
        routeTo={routeTo}
      />
      <ItemsFilter lines={lines} filter={filter} onFilter={setFilter} />
      <div class="table-head no-print">
        <Groups groups={groupsOf(lines)} group={group} onGroup={setGroup} />
        <p class="row-count" role="status">
          {t("row_count", { shown: found.length, total: lines.length })}
        </p>
        <FileLink run={analysis.run.id} file="items.csv" label={t("download_csv")} />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys move among the links inside. */}
      <div ref={body} onKeyDown={keys} class="items-measured">
        <DataTable
          caption={t("items_measured_caption")}
          columns={[
            { name: "place", label: t("column_number"), sorts: true, class: "w-place" },
            ...columns.map((column) => headOf(column)),
          ]}
          order={order}
          onOrder={(column) => setOrder(turned(order, column))}
        >
          {found.map((line) => (
            <ItemRow key={line.item} line={line} columns={columns} to={routeTo(line)} />
          ))}
        </DataTable>
      </div>
      <p class="soft prose">{t(`explained_${group}`)}</p>
    </section>
  );
}

interface GroupsProps {
  groups: readonly ColumnGroup[];
  group: ColumnGroup;
  onGroup: (group: ColumnGroup) => void;
}

function Groups({ groups, group, onGroup }: GroupsProps) {
  if (groups.length < 2) return null;
  return (
    <fieldset class="segments">
      <legend class="visually-hidden">{t("column_groups")}</legend>
      {groups.map((each) => (
        <Button key={each} small aria-pressed={each === group} onClick={() => onGroup(each)}>
          {t(`group_${each}`)}
        </Button>
      ))}
    </fieldset>
  );
}
