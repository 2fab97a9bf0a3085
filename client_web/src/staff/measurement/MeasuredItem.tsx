import { Button } from "../../base/Button";
import { formatDecimal, pointsKey } from "../../base/formats";
import type { ItemAnalysis, ScoringRun } from "../../protocol/messages";
import { readItemAnalysis } from "../api";
import type { Route } from "../core/route";
import { Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { partText } from "../parts";
import { InformationPlot } from "../plots/InformationPlot";
import { ItemCurvePlot } from "../plots/ItemCurvePlot";
import { OptionPlot } from "../plots/OptionPlot";
import { AsSeen } from "../results/AsSeen";
import type { May } from "../results/ExamFrame";
import { go } from "../router";
import { coded, t } from "../texts";
import { Contrasts } from "./Contrasts";
import { ItemHistory } from "./ItemHistory";
import { ItemNumbers } from "./ItemNumbers";
import { Notes } from "./Notes";
import { useTurning } from "./useTurning";

interface MeasuredItemProps {
  exam: number;
  item: number;
  run: ScoringRun;
  asked: number | undefined;
  may: May;
}

/** One item: as candidates saw it, how they did by ability, which responses they chose, its past. */
export function MeasuredItem({ exam, item, run, asked, may }: MeasuredItemProps) {
  const load = useLoad((signal) => readItemAnalysis(run.id, item, signal), [run.id, item]);
  const kept = asked === undefined ? {} : { run: asked };
  const routeTo = (to: number): Route => ({ page: "item_result", exam, item: to, ...kept });
  const found = load.value;
  useTurning((step) => {
    const to = step < 0 ? found?.previous : found?.next;
    if (to != null) go(routeTo(to));
  });
  return (
    <>
      <Heading
        title={
          found
            ? `${partText(found.line.part)} · ${t("item_number", { number: found.line.number })}`
            : t("item")
        }
        up={{ to: { page: "results", exam, tab: "items", ...kept }, label: run.exam }}
        note={found && noteOf(found)}
      >
        <Neighbours item={found} routeTo={routeTo} />
        {may("keys.correct") && (
          <Button onClick={() => go({ page: "new_key", exam, item })}>{t("key_correct")}</Button>
        )}
      </Heading>
      <Loaded load={load}>{(analysis) => <Found analysis={analysis} item={item} />}</Loaded>
    </>
  );
}

function noteOf({ line }: ItemAnalysis): string {
  const points = t(pointsKey(line.points), { points: formatDecimal(line.points) });
  const facts = [coded("kind", line.kind), points, ...(line.void ? [t("item_void")] : [])];
  return facts.join(" · ");
}

interface NeighboursProps {
  item: ItemAnalysis | undefined;
  routeTo: (item: number) => Route;
}

function Neighbours({ item, routeTo }: NeighboursProps) {
  const [before, after] = [item?.previous ?? null, item?.next ?? null];
  return (
    <>
      <Button
        icon="left"
        disabled={before === null}
        aria-keyshortcuts="ArrowLeft"
        onClick={() => before !== null && go(routeTo(before))}
      >
        {t("item_before")}
      </Button>
      <Button
        iconAfter="right"
        disabled={after === null}
        aria-keyshortcuts="ArrowRight"
        onClick={() => after !== null && go(routeTo(after))}
      >
        {t("item_after")}
      </Button>
    </>
  );
}

function Found({ analysis, item }: { analysis: ItemAnalysis; item: number }) {
  const { line, information } = analysis;
  return (
    <>
      <Notes notes={line.flags} />
      <div class="pair">
        <div class="stack">
          <AsSeen item={item} />
          <section class="panel" aria-label={t("item_curve")}>
            <ItemCurvePlot item={analysis} />
          </section>
          {information && (
            <section class="panel" aria-label={t("item_information")}>
              <InformationPlot
                title={t("item_information")}
                help={t("item_information_help")}
                information={information}
              />
            </section>
          )}
        </div>
        <div class="stack">
          <ItemNumbers analysis={analysis} />
          <section class="panel" aria-label={t("option_curves")}>
            <OptionPlot kind={line.kind} options={analysis.options} />
          </section>
        </div>
      </div>
      <Contrasts contrasts={analysis.contrasts} />
      <ItemHistory uses={analysis.history} />
    </>
  );
}
