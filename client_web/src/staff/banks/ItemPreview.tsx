import { Button } from "../../base/Button";
import { pictureUrl, readItem } from "../api";
import { ItemCard, ItemFacts, itemTitle } from "../ItemCard";
import { Loaded, useLoad } from "../Loading";
import { t } from "../texts";

/** The item beside its table. */
export function ItemPreview({ item, onClose }: { item: number; onClose: () => void }) {
  const load = useLoad((signal) => readItem(item, signal), [item]);
  return (
    <section class="preview" aria-label={t("preview")}>
      <Loaded load={load}>
        {(detail) => (
          <>
            <div class="preview-head">
              <div>
                <h2>{itemTitle(detail)}</h2>
                <ItemFacts kind={detail.content.kind} level={detail.level} />
              </div>
              <Button kind="quiet" icon="close" aria-label={t("preview_close")} onClick={onClose} />
            </div>
            <ItemCard item={detail} name={`preview-${item}`} pictures={pictureUrl} />
            <p class="soft preview-source">{t("preview_source", { source: detail.source })}</p>
          </>
        )}
      </Loaded>
    </section>
  );
}
