import { useEffect, useState } from "preact/hooks";
import { Button } from "../../base/Button";
import type { ItemRow } from "../../protocol/messages";
import { listBanks, listItems, MOST_ITEMS } from "../api";
import { filtered, type ItemFilter, isNarrowed, NO_FILTER } from "../core/review";
import { Empty, Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { go } from "../router";
import { t } from "../texts";
import { ItemFilters } from "./ItemFilters";
import { ItemPreview } from "./ItemPreview";
import { ItemTable } from "./ItemTable";

const TYPING_MS = 250;

/** The text as it stands once the typing rests. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

/** A bank's items: search and filters, the table, and the item in view beside it. */
export function BankPage({ bank, may }: { bank: number; may: (permission: string) => boolean }) {
  const [filter, setFilter] = useState(NO_FILTER);
  const [shown, setShown] = useState<number | null>(null);
  const search = useRested(filter.text);
  const banks = useLoad(listBanks, []);
  const load = useLoad((signal) => listItems(bank, search, signal), [bank, search]);
  const name = banks.value?.banks.find((each) => each.id === bank)?.name ?? "";
  return (
    <>
      <Heading title={name || t("bank")} up={{ to: { page: "banks" }, label: t("nav_banks") }}>
        {may("exams.manage") && (
          <Button icon="paper" onClick={() => go({ page: "new_exam", bank, source: null })}>
            {t("exam_from_source")}
          </Button>
        )}
        {may("items.import") && (
          <Button kind="primary" icon="upload" onClick={() => go({ page: "import", bank })}>
            {t("import_word")}
          </Button>
        )}
      </Heading>
      <Loaded load={load}>
        {({ items, total }) =>
          total === 0 && !isNarrowed(filter) ? (
            <Empty title={t("items_empty")}>
              <p>{t("items_empty_begin")}</p>
            </Empty>
          ) : (
            <Items
              items={items}
              total={total}
              filter={filter}
              shown={shown}
              onFilter={setFilter}
              onShow={setShown}
            />
          )
        }
      </Loaded>
    </>
  );
}

interface ItemsProps {
  items: readonly ItemRow[];
  total: number;
  filter: ItemFilter;
  shown: number | null;
  onFilter: (filter: ItemFilter) => void;
  onShow: (item: number | null) => void;
}

function Items({ items, total, filter, shown, onFilter, onShow }: ItemsProps) {
  const rows = filtered(items, filter);
  const inView = rows.find((row) => row.id === shown);
  return (
    <>
      <ItemFilters items={items} filter={filter} onFilter={onFilter} />
      <p class="row-count" role="status">
        {t("row_count", { shown: rows.length, total })}
        {total > MOST_ITEMS && ` ${t("row_count_limit", { limit: MOST_ITEMS })}`}
        {isNarrowed(filter) && (
          <Button kind="quiet" small icon="close" onClick={() => onFilter(NO_FILTER)}>
            {t("filter_clear")}
          </Button>
        )}
      </p>
      <div class={inView === undefined ? "split" : "split split-open"}>
        <div class="split-list">
          {rows.length === 0 ? (
            <Empty title={t("items_none_match")} />
          ) : (
            <ItemTable rows={rows} shown={inView?.id ?? null} narrow={inView !== undefined} onShow={onShow} />
          )}
        </div>
        {inView && <ItemPreview key={inView.id} item={inView.id} onClose={() => onShow(null)} />}
      </div>
    </>
  );
}
