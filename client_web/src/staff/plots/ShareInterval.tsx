import { formatNumber, formatShare } from "../../base/formats";
import type { ItemLine, ItemStatistics } from "../../protocol/messages";
import { t } from "../texts";
import { Interval } from "./Interval";

/** The share that got it right as a dot, its 95 % interval as a line, on a rail from 0 to 100 %. */
export function ShareInterval({ item }: { item: Pick<ItemStatistics, "share" | "low" | "high"> }) {
  const words = t("interval_words", { low: formatShare(item.low ?? 0), high: formatShare(item.high ?? 0) });
  return (
    <Interval
      value={item.share}
      low={item.low}
      high={item.high}
      from={0}
      to={1}
      marks={[0, 0.5, 1]}
      words={words}
    />
  );
}

/** The discrimination with its interval, on a rail from −0.2 to 0.8 marked at 0. */
export function DiscriminationInterval({ line }: { line: ItemLine }) {
  const words = t("interval_words", {
    low: formatNumber(line.discrimination_low ?? 0, 2),
    high: formatNumber(line.discrimination_high ?? 0, 2),
  });
  return (
    <Interval
      value={line.discrimination}
      low={line.discrimination_low}
      high={line.discrimination_high}
      from={-0.2}
      to={0.8}
      marks={[0]}
      words={words}
    />
  );
}
