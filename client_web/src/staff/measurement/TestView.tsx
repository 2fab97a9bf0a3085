import type { ItemLine, ModelFindings, TestAnalysis } from "../../protocol/messages";
import type { Route } from "../core/route";
import { CsemPlot } from "../plots/CsemPlot";
import { Distribution } from "../plots/Distribution";
import { InformationPlot } from "../plots/InformationPlot";
import { PersonMap } from "../plots/PersonMap";
import { t } from "../texts";
import { FileLink } from "./FileLink";
import { ModelFit } from "./ModelFit";
import { Notes } from "./Notes";
import { SCALE } from "./numbers";
import { TestFigures } from "./TestFigures";

interface TestViewProps {
  analysis: TestAnalysis;
  routeTo: (item: ItemLine) => Route;
}

/** The test as a whole: how candidates did, how far its scores can be trusted, whom it measures well. */
export function TestView({ analysis, routeTo }: TestViewProps) {
  return (
    <>
      <Notes notes={analysis.notes} />
      <div class="pair">
        <div class="stack">
          <TestFigures analysis={analysis} />
          {analysis.model && <Information model={analysis.model} />}
        </div>
        <div class="stack">
          <section class="panel" aria-label={t("histogram")}>
            <Distribution
              whole={analysis.distribution}
              own={analysis.class_distribution}
              mean={analysis.mean}
              total={SCALE}
            />
          </section>
          {analysis.model && (
            <section class="panel" aria-label={t("csem")}>
              <CsemPlot csem={analysis.model.csem} />
            </section>
          )}
        </div>
      </div>
      {analysis.model && (
        <>
          <section class="panel" aria-label={t("person_map")}>
            <PersonMap persons={analysis.model.persons} items={analysis.items} routeTo={routeTo} />
          </section>
          <ModelFit model={analysis.model} items={analysis.items} routeTo={routeTo} />
        </>
      )}
      <p class="no-print">
        <FileLink run={analysis.run.id} file="run.json" label={t("export_everything")} />
      </p>
    </>
  );
}

function Information({ model }: { model: ModelFindings }) {
  return (
    <section class="panel" aria-label={t("information")}>
      <InformationPlot
        title={t("information")}
        help={t("information_help")}
        information={model.information}
        persons={model.persons}
      />
      <p class="soft">{t("information_means")}</p>
    </section>
  );
}
