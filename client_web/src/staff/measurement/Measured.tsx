import type { ScoringRun } from "../../protocol/messages";
import { readAnalysis } from "../api";
import { Loaded, useLoad } from "../Loading";
import { RunNote } from "../results/RunNote";
import { ItemsView } from "./ItemsView";
import { TestView } from "./TestView";

interface MeasuredProps {
  exam: number;
  run: ScoringRun;
  tab: "test" | "items";
  /** The run in the address: links keep it. */
  asked: number | undefined;
}

/** The statistics of a scoring run: of the test, or of its items. */
export function Measured({ exam, run, tab, asked }: MeasuredProps) {
  const load = useLoad((signal) => readAnalysis(run.id, signal), [run.id]);
  const routeTo = (item: { item: number }) =>
    ({ page: "item_result", exam, item: item.item, ...(asked !== undefined && { run: asked }) }) as const;
  return (
    <>
      <RunNote exam={exam} run={run} />
      <Loaded load={load}>
        {(analysis) =>
          tab === "test" ? (
            <TestView analysis={analysis} routeTo={routeTo} />
          ) : (
            <ItemsView analysis={analysis} routeTo={routeTo} />
          )
        }
      </Loaded>
    </>
  );
}
