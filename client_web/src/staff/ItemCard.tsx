import { useMemo } from "preact/hooks";
import { Banner } from "../base/Banner";
import { type PictureSource, Pictures, RichText } from "../base/RichText";
import { ItemView } from "../items/ItemView";
import type { Key } from "../items/kind";
import type { ImportItem, ItemDetail } from "../protocol/messages";
import { partText } from "./parts";
import { t, warningText } from "./texts";

/** An item for staff: as candidates see it, with its key marked, level, warnings, passage and solution. */
export function ItemCard({
  item,
  answerKey = item.key,
  name,
  pictures,
}: {
  item: ItemDetail;
  /** What is marked: the item's own key unless another counts. */
  answerKey?: Key | null;
  name: string;
  pictures: PictureSource;
}) {
  return (
    <Pictures.Provider value={pictures}>
      <div class="item-card">
        <Warnings warnings={item.warnings} hasKey={item.key !== null} />
        {item.passage && (
          <section class="passage" aria-label={t("passage")}>
            <h3>{t("passage")}</h3>
            <RichText text={item.passage} />
          </section>
        )}
        <ItemView content={item.content} name={name} readonly answerKey={answerKey} />
        {item.solution && (
          <details class="solution">
            <summary>{t("solution")}</summary>
            <RichText text={item.solution} />
          </details>
        )}
      </div>
    </Pictures.Provider>
  );
}

/** An item of a file under review. */
export function ReviewCard({
  item,
  name,
  pictures,
}: {
  item: ImportItem;
  name: string;
  pictures: PictureSource;
}) {
  return (
    <Pictures.Provider value={pictures}>
      <article class="review-card">
        <h3 class="review-title">
          {itemTitle(item)} <ItemFacts kind={item.content.kind} level={item.level} />
        </h3>
        <Warnings warnings={item.warnings} hasKey={item.key !== null} />
        <ItemView content={item.content} name={name} readonly answerKey={item.key} />
      </article>
    </Pictures.Provider>
  );
}

/** "Phần II · Câu 3". */
export function itemTitle(item: { part: string | null; number: number }): string {
  const number = t("item_number", { number: item.number });
  return item.part === null ? number : `${partText(item.part)} · ${number}`;
}

/** Kind and level in words. */
export function ItemFacts({
  kind,
  level,
}: {
  kind: ItemDetail["content"]["kind"];
  level: ItemDetail["level"];
}) {
  return (
    <span class="facts">
      <span class="tag">{t(`kind_${kind}`)}</span>
      {level && <span class="tag">{t(`level_${level}`)}</span>}
    </span>
  );
}

function Warnings({ warnings, hasKey }: { warnings: readonly string[]; hasKey: boolean }) {
  const lines = useMemo(() => warnings.map(warningText), [warnings]);
  if (warnings.length === 0 && hasKey) return null;
  return (
    <Banner tone={hasKey ? "waiting" : "danger"}>
      {!hasKey && <p class="strong">{t("no_key_no_score")}</p>}
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
    </Banner>
  );
}
