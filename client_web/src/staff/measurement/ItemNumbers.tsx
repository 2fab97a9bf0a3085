import type { ComponentChildren } from "preact";
import { formatShare } from "../../base/formats";
import type { ItemAnalysis, ItemLine } from "../../protocol/messages";
import { itemFitKey } from "../core/verdicts";
import { DiscriminationInterval, ShareInterval } from "../plots/ShareInterval";
import { counted, t } from "../texts";
import { intervalText, numberText, probabilityText, shareText } from "./numbers";

/** An item's figures, each with what it means. */
export function ItemNumbers({ analysis }: { analysis: ItemAnalysis }) {
  const { line } = analysis;
  return (
    <section class="panel" aria-labelledby="figures">
      <h2 id="figures">{t("item_figures")}</h2>
      <dl class="item-figures">
        <Row name={t("column_candidates")}>{counted("persons", line.n)}</Row>
        <Row name={t("mean_share")}>
          {shareText(line.difficulty)}
          {line.class_difficulty !== null && (
            <span class="soft">{` ${t("own_share", { share: formatShare(line.class_difficulty) })}`}</span>
          )}
        </Row>
        <Row name={t("column_share")}>
          {shareText(line.share)} <span class="soft">{shareInterval(line)}</span>
          <ShareInterval item={line} />
        </Row>
        <Row name={t("column_discrimination")}>
          {numberText(line.discrimination)}{" "}
          <span class="soft">{intervalText(line.discrimination_low, line.discrimination_high)}</span>
          <DiscriminationInterval line={line} />
          <p class="soft">{t("discrimination_means")}</p>
        </Row>
        <Row name={t("item_column_omitted")}>{shareText(line.omitted)}</Row>
        {line.alpha_without !== null && (
          <Row name={t("item_column_alpha_without")}>{numberText(line.alpha_without, 3)}</Row>
        )}
        {line.b !== null && <ModelRows analysis={analysis} />}
      </dl>
    </section>
  );
}

function shareInterval(line: ItemLine): string {
  if (line.low === null || line.high === null) return "";
  return t("interval_words", { low: formatShare(line.low), high: formatShare(line.high) });
}

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function ModelRows({ analysis }: { analysis: ItemAnalysis }) {
  const { line } = analysis;
  return (
    <>
      <Row name={t("item_column_b")}>
        {numberText(line.b)} <span class="soft">{t("b_means")}</span>
      </Row>
      {line.a !== null && (
        <Row name={t("item_column_a")}>
          {numberText(line.a)} <span class="soft">{t(line.a < 0 ? "a_negative" : "a_means")}</span>
        </Row>
      )}
      {line.c !== null && (
        <Row name={t("item_column_c")}>
          {numberText(line.c)} <span class="soft">{t("c_means")}</span>
        </Row>
      )}
      <Row name={t("item_fit")}>
        {t(`item_fit_${itemFitKey(line.fit_p, line.rmsea)}`)}
        <p class="soft">
          {analysis.s_x2 !== null &&
            t("item_fit_numbers", {
              statistic: numberText(analysis.s_x2, 1),
              df: analysis.s_x2_df ?? "–",
              p: probabilityText(line.fit_p),
              rmsea: numberText(line.rmsea, 3),
            })}
          {line.infit !== null &&
            ` ${t("item_fit_squares", { infit: numberText(line.infit), outfit: numberText(line.outfit) })}`}
        </p>
      </Row>
    </>
  );
}
