import { ApiError } from "../../base/api";
import { Banner } from "../../base/Banner";
import type { Key } from "../../items/kind";
import { pictureUrl, readItem } from "../api";
import { ItemCard } from "../ItemCard";
import { Loaded, useLoad } from "../Loading";
import { t } from "../texts";

interface AsSeenProps {
  item: number;
  /** The key that counts instead of the item's own; null where it is void. */
  counts?: (own: Key | null) => Key | null;
}

/** An item as candidates saw it, with its key; those who may not see it yet are told so. */
export function AsSeen({ item, counts = (own) => own }: AsSeenProps) {
  const load = useLoad((signal) => readItem(item, signal), [item]);
  if (load.error instanceof ApiError && [403, 404].includes(load.error.status)) {
    return <Banner tone="info">{t("item_not_shown")}</Banner>;
  }
  return (
    <section class="panel" aria-labelledby="as-seen">
      <h2 id="as-seen">{t("item_as_seen")}</h2>
      <Loaded load={load}>
        {(detail) => {
          const key = counts(detail.key);
          return (
            <>
              {key === null && detail.key !== null && <Banner tone="info">{t("key_now_void")}</Banner>}
              <ItemCard item={detail} answerKey={key} name={`result-${item}`} pictures={pictureUrl} />
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
