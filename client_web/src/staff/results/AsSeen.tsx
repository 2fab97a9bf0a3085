import { ApiError } from "../../base/api";
import { Banner } from "../../base/Banner";
import { pictureUrl, readItem } from "../api";
import { ItemCard } from "../ItemCard";
import { Loaded, useLoad } from "../Loading";
import { t } from "../texts";

/** An item as candidates saw it, with its key; those who may not see it yet are told so. */
export function AsSeen({ item }: { item: number }) {
  const load = useLoad((signal) => readItem(item, signal), [item]);
  if (load.error instanceof ApiError && [403, 404].includes(load.error.status)) {
    return <Banner tone="info">{t("item_not_shown")}</Banner>;
  }
  return (
    <section class="panel" aria-labelledby="as-seen">
      <h2 id="as-seen">{t("item_as_seen")}</h2>
      <Loaded load={load}>
        {(detail) => <ItemCard item={detail} name={`result-${item}`} pictures={pictureUrl} />}
      </Loaded>
    </section>
  );
}
