import type { TestAnalysis } from "../../protocol/messages";
import { reliabilityKey } from "../core/flags";
import { Interval } from "../plots/Interval";
import { coded, t } from "../texts";
import { Figure } from "./Figure";
import { decimalText, intervalText, numberText, SCALE } from "./numbers";

/** The figures of the whole test, each with what it means. */
export function TestFigures({ analysis }: { analysis: TestAnalysis }) {
  return (
    <section class="panel" aria-labelledby="test-figures">
      <h2 id="test-figures">{t("test_figures")}</h2>
      <dl class="figures">
        <Figure name={t("column_candidates")} value={String(analysis.n)}>
          {t("test_n_means")}
        </Figure>
        <Figure name={t("summary_mean")} value={decimalText(analysis.mean)}>
          {t("of_points", { points: SCALE })}
        </Figure>
        <Figure name={t("summary_median")} value={decimalText(analysis.median)}>
          {t("test_median_means")}
        </Figure>
        <Figure name={t("summary_sd")} value={decimalText(analysis.sd)}>
          {t("summary_sd_means")}
        </Figure>
        <Figure name={t("summary_reliability")} value={numberText(analysis.alpha)}>
          {coded("words", reliabilityKey(analysis.alpha))}
          <br />
          {intervalText(analysis.alpha_low, analysis.alpha_high)}
          <Interval
            value={analysis.alpha}
            low={analysis.alpha_low}
            high={analysis.alpha_high}
            from={0}
            to={1}
            marks={[0.7, 0.8, 0.9]}
            words={intervalText(analysis.alpha_low, analysis.alpha_high)}
          />
        </Figure>
        <Figure name={t("sem")} value={numberText(analysis.sem)}>
          {analysis.sem !== null && t("sem_means", { sem: numberText(analysis.sem) })}
        </Figure>
      </dl>
      <OtherReliabilities analysis={analysis} />
    </section>
  );
}

function OtherReliabilities({ analysis }: { analysis: TestAnalysis }) {
  const model = analysis.model;
  const others: [string, number | null][] = [
    [t("reliability_omega"), analysis.omega],
    [t("reliability_split_half"), analysis.split_half],
    [t("reliability_marginal"), model?.marginal_reliability ?? null],
    [t("reliability_empirical"), model?.empirical_reliability ?? null],
  ];
  const known = others.filter(([, value]) => value !== null);
  if (known.length === 0) return null;
  return (
    <dl class="small-figures">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{numberText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
