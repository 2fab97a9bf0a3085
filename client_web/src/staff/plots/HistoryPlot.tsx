import { formatDate, formatShare } from "../../base/formats";
import type { ItemUse } from "../../protocol/messages";
import { linear, type Scale } from "../core/scale";
import { t } from "../texts";
import { Axes, frameOf } from "./Axes";

const FRAME = frameOf(500, 230);
const SHARES = [0, 0.5, 1];
const Z = 1.96;

type Known = ItemUse & { difficulty: number };

/** How hard the item was each time it was used, with 95 % intervals. The table beside it has the numbers. */
export function HistoryPlot({ uses }: { uses: readonly ItemUse[] }) {
  const known = uses
    .filter((use): use is Known => use.difficulty !== null)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (known.length < 2) return null;
  const x = linear(-0.5, known.length - 0.5, FRAME.left, FRAME.right);
  const y = linear(0, 1, FRAME.base, FRAME.top);
  return (
    <figure class="plot plot-narrow">
      <figcaption>{t("history_plot")}</figcaption>
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={t("history_help")}>
        <Axes
          frame={FRAME}
          x={x}
          y={y}
          xTicks={known.map((_, place) => place)}
          yTicks={SHARES}
          xText={(place) => formatDate(known[place]?.at ?? 0)}
          yText={(share) => formatShare(share)}
          xName={t("history_axis")}
          yName={t("mean_share")}
        />
        {known.map((use, place) => (
          <Use key={use.run} use={use} x={x(place)} y={y} />
        ))}
      </svg>
    </figure>
  );
}

function Use({ use, x, y }: { use: Known; x: number; y: Scale }) {
  const half = Z * (use.difficulty_se ?? 0);
  const [low, high] = [Math.max(0, use.difficulty - half), Math.min(1, use.difficulty + half)];
  return (
    <g>
      <line class="span" x1={x} x2={x} y1={y(low)} y2={y(high)} />
      <circle class="dot" cx={x} cy={y(use.difficulty)} r={4.5} />
      <text class="dot-label" x={x + 10} y={y(use.difficulty) + 4}>
        {formatShare(use.difficulty)}
      </text>
    </g>
  );
}
