import { formatDecimal } from "../../base/formats";
import type { ExamDetail } from "../../protocol/messages";
import { InformationPlot } from "../plots/InformationPlot";
import { t } from "../texts";

/** What earlier uses of the items promise of the paper: its mean score, and whom it will measure well. */
export function Expected({ expectation }: { expectation: ExamDetail["expectation"] }) {
  const { items, known, mean, modelled, theta, information } = expectation;
  if (known === 0 || mean === null) return null;
  return (
    <section class="panel" aria-labelledby="expected">
      <h2 id="expected">{t("expected")}</h2>
      <p class="prose">{t("expected_mean", { known, items, mean: formatDecimal(mean) })}</p>
      {modelled > 0 && (
        <div class="plot-narrow">
          <InformationPlot
            title={t("expected_information", { modelled, items })}
            help={t("item_information_help")}
            information={{ x: theta, y: information }}
          />
        </div>
      )}
    </section>
  );
}
