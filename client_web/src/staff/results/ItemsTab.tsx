import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatNumber, formatShare } from "../../base/formats";
import type { ItemStatistics, Results } from "../../protocol/messages";
import { FIRM, flagsOf } from "../core/flags";
import { compareTexts } from "../core/names";
import { type Order, ordered, turned, type Value } from "../core/order";
import { readable } from "../core/readable";
import { type Column, DataTable } from "../DataTable";
import { partText } from "../parts";
import { ItemScatter } from "../plots/ItemScatter";
import { ShareInterval } from "../plots/ShareInterval";
import { Link } from "../router";
import { coded, t } from "../texts";
import { FlagList } from "./FlagList";

type Name = "place" | "text" | "share" | "interval" | "discrimination" | "flags";

/** How the items did: the plot over all, and the table that stands behind it. */
export function ItemsTab({ exam, results }: { exam: number; results: Results }) {
  const [order, setOrder] = useState<Order<Name>>({ column: "place", descending: false });
  const [doubtful, setDoubtful] = useState(false);
  const remarked = results.items.filter((item) => flagsOf(item).some((flag) => flag.attention));
  const rows = sortedBy(doubtful ? remarked : results.items, results.items, order);
  return (
    <section class="block" aria-label={t("results_items")}>
      {!results.keys_released && <Banner tone="info">{t("keys_withheld")}</Banner>}
      {results.n < FIRM && <p class="soft prose">{t("items_tentative", { n: results.n, firm: FIRM })}</p>}
      <ItemScatter
        items={results.items.map((item) => ({ ...item, remarked: remarked.includes(item) }))}
        routeTo={({ item }) => ({ page: "item_result", exam, item })}
      />
      <div class="row-count no-print" role="status">
        {t("row_count", { shown: rows.length, total: results.items.length })}
        <Button small aria-pressed={doubtful} onClick={() => setDoubtful(!doubtful)}>
          {t("only_remarked", { count: remarked.length })}
        </Button>
      </div>
      <DataTable
        caption={t("results_items")}
        columns={columns()}
        order={order}
        onOrder={(column) => setOrder(turned(order, column))}
      >
        {rows.map((item) => (
          <ItemLine key={item.item} exam={exam} item={item} />
        ))}
      </DataTable>
      <p class="soft prose">{t("items_explained")}</p>
    </section>
  );
}

function columns(): Column<Name>[] {
  return [
    { name: "place", label: t("column_number"), sorts: true, class: "w-place" },
    { name: "text", label: t("column_stem") },
    { name: "share", label: t("column_share"), sorts: true, number: true, class: "w-share" },
    { name: "interval", label: t("column_interval"), class: "w-interval" },
    {
      name: "discrimination",
      label: t("column_discrimination"),
      sorts: true,
      number: true,
      class: "w-share",
    },
    { name: "flags", label: t("column_remarks"), sorts: true, class: "w-flags" },
  ];
}

function sortedBy(
  rows: readonly ItemStatistics[],
  paper: readonly ItemStatistics[],
  order: Order<Name>,
): ItemStatistics[] {
  const value = (item: ItemStatistics): Value => {
    if (order.column === "share") return item.share;
    if (order.column === "discrimination") return item.discrimination;
    if (order.column === "flags") return -flagsOf(item).filter((flag) => flag.attention).length;
    return paper.indexOf(item);
  };
  return ordered(rows, value, order.descending, (a, b) => {
    const [left, right] = [value(a), value(b)];
    return typeof left === "number" && typeof right === "number"
      ? left - right
      : compareTexts(String(left), String(right));
  });
}

function ItemLine({ exam, item }: { exam: number; item: ItemStatistics }) {
  return (
    <tr>
      <td>
        <Link to={{ page: "item_result", exam, item: item.item }} class="row-link">
          {`${partText(item.part)} · ${item.number}`}
        </Link>
      </td>
      <td>
        {item.text !== "" && <span class="stem-line">{readable(item.text)}</span>}
        <span class="soft stem-kind">{coded("kind", item.kind)}</span>
      </td>
      <td class="number">{item.share === null ? "–" : formatShare(item.share)}</td>
      <td>
        <ShareInterval item={item} />
      </td>
      <td class="number">{item.discrimination === null ? "–" : formatNumber(item.discrimination, 2)}</td>
      <td>
        <FlagList flags={flagsOf(item)} />
      </td>
    </tr>
  );
}
