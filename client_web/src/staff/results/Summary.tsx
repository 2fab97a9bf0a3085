import { formatDecimal, formatNumber } from "../../base/formats";
import type { Results } from "../../protocol/messages";
import { FEWEST, reliabilityKey } from "../core/flags";
import { Empty } from "../Heading";
import { Histogram } from "../plots/Histogram";
import { coded, counted, t } from "../texts";

/** The scores of all scripts that are in: figures with what they mean, and the distribution. */
export function Summary({ results }: { results: Results }) {
  const { n, scripts } = results;
  if (n === 0) return <Empty title={t("summary_none")}>{counted("persons", scripts.length)}</Empty>;
  return (
    <section class="summary" aria-label={t("summary")}>
      <dl class="figures">
        <Figure
          name={t("summary_n")}
          value={`${n}/${scripts.length}`}
          note={n < scripts.length ? t("summary_more") : ""}
        />
        <Figure
          name={t("summary_mean")}
          value={scoreText(results.mean)}
          note={t("of_points", { points: formatDecimal(results.total_points) })}
        />
        <Figure
          name={t("summary_median")}
          value={scoreText(results.median)}
          note={t("summary_median_means")}
        />
        <Figure name={t("summary_sd")} value={scoreText(results.sd)} note={t("summary_sd_means")} />
        <Figure
          name={t("summary_reliability")}
          value={results.alpha === null ? "–" : formatNumber(results.alpha, 2)}
          note={coded("words", reliabilityKey(results.alpha))}
        />
      </dl>
      {n < FEWEST && <p class="soft prose">{counted("summary_few", n)}</p>}
      <Histogram bins={results.distribution} mean={results.mean} total={results.total_points} />
    </section>
  );
}

function scoreText(score: string | null): string {
  return score === null ? "–" : formatDecimal(score);
}

function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <span class="figure-value">{value}</span>
        <span class="figure-note">{note}</span>
      </dd>
    </div>
  );
}
