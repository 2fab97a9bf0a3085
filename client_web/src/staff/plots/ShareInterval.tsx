import { formatShare } from "../../base/formats";
import type { ItemStatistics } from "../../protocol/messages";
import { linear } from "../core/scale";
import { t } from "../texts";

const WIDTH = 160;
const x = linear(0, 1, 6, WIDTH - 6);

/** The share that got it right as a dot, its 95 % interval as a line, on a rail from 0 to 100 %. */
export function ShareInterval({ item }: { item: ItemStatistics }) {
  if (item.share === null || item.low === null || item.high === null) return <span>–</span>;
  const words = t("interval_words", { low: formatShare(item.low), high: formatShare(item.high) });
  return (
    <svg class="interval" viewBox={`0 0 ${WIDTH} 20`} role="img" aria-label={words}>
      <title>{words}</title>
      <line class="rail" x1={x(0)} x2={x(1)} y1={10} y2={10} />
      {[0, 0.5, 1].map((share) => (
        <line key={share} class="rail" x1={x(share)} x2={x(share)} y1={6} y2={14} />
      ))}
      <line class="span" x1={x(item.low)} x2={x(item.high)} y1={10} y2={10} />
      <circle class="dot" cx={x(item.share)} cy={10} r={4.5} />
    </svg>
  );
}
