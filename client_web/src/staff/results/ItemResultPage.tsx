import { shownRun } from "../core/runs";
import { Loaded } from "../Loading";
import { MeasuredItem } from "../measurement/MeasuredItem";
import type { May } from "./ExamFrame";
import { LiveItem } from "./LiveItem";
import { useRuns } from "./useRuns";

interface ItemResultPageProps {
  exam: number;
  item: number;
  run: number | undefined;
  may: May;
}

/** One item: measured where a scoring run was made, else by what is in so far. */
export function ItemResultPage({ exam, item, run, may }: ItemResultPageProps) {
  const runs = useRuns(exam);
  return (
    <Loaded load={runs}>
      {(known) => {
        const shown = shownRun(known.runs, run);
        return shown === undefined ? (
          <LiveItem exam={exam} item={item} />
        ) : (
          <MeasuredItem exam={exam} item={item} run={shown} asked={run} may={may} />
        );
      }}
    </Loaded>
  );
}
