import { formatNumber, formatShare } from "../../base/formats";
import type { Dot, ItemAnalysis } from "../../protocol/messages";
import { bandPath, linePath, NO_POINT, pointsOf } from "../core/curves";
import { linear, type Scale } from "../core/scale";
import { t } from "../texts";
import { Axes, frameOf } from "./Axes";
import { DataBehind } from "./DataBehind";

const FRAME = frameOf(420, 300, 52, 60);
const RANGE = 4;
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** What candidates earned on an item by ability, as dots with intervals; what the model says, as a line with its band. */
export function ItemCurvePlot({ item }: { item: ItemAnalysis }) {
  const modelled = item.curve !== null;
  const [from, to] = modelled ? [-RANGE, RANGE] : [0, 10];
  const x = linear(from, to, FRAME.left, FRAME.right);
  const y = linear(0, 1, FRAME.base, FRAME.top);
  const dots = item.dots.filter((dot) => dot.x >= from && dot.x <= to);
  if (!modelled && dots.length === 0) return null;
  return (
    <figure class="plot">
      <figcaption>{t(modelled ? "item_curve" : "item_dots")}</figcaption>
      <svg
        viewBox={`0 0 ${FRAME.width} ${FRAME.height}`}
        role="img"
        aria-label={t(modelled ? "item_curve_help" : "item_dots_help")}
      >
        <Axes
          frame={FRAME}
          x={x}
          y={y}
          xTicks={modelled ? [-4, -3, -2, -1, 0, 1, 2, 3, 4] : [0, 2, 4, 6, 8, 10]}
          yTicks={SHARES}
          xText={(value) => formatNumber(value)}
          yText={(share) => formatShare(share)}
          xName={t(modelled ? "ability_axis" : "score_axis_10")}
          yName={t("mean_share")}
        />
        {modelled && <Model item={item} x={x} y={y} />}
        {dots.map((dot) => (
          <WithInterval key={dot.x} dot={dot} x={x(dot.x)} y={y} />
        ))}
      </svg>
      <p class="soft">{t(modelled ? "item_curve_means" : "item_dots_means")}</p>
      <DataBehind
        heads={[
          t(modelled ? "ability" : "column_score"),
          t("column_candidates"),
          t("mean_share"),
          t("column_interval"),
        ]}
        rows={item.dots.map((dot) => [
          formatNumber(dot.x, modelled ? 2 : 1),
          String(dot.n),
          formatShare(dot.y),
          t("range", { low: formatShare(dot.low), high: formatShare(dot.high) }),
        ])}
      />
    </figure>
  );
}

function Model({ item, x, y }: { item: ItemAnalysis; x: Scale; y: Scale }) {
  const line = item.curve ? pointsOf(item.curve, -RANGE, RANGE) : [];
  const low = item.curve_low ? pointsOf(item.curve_low, -RANGE, RANGE) : [];
  const high = item.curve_high ? pointsOf(item.curve_high, -RANGE, RANGE) : [];
  const end = line.at(-1) ?? NO_POINT;
  return (
    <g>
      <path class="band" d={bandPath(low, high, x, y)} />
      <path class="band-edge" d={linePath(low, x, y)} />
      <path class="band-edge" d={linePath(high, x, y)} />
      <path class="line" d={linePath(line, x, y)} />
      <text class="line-label" x={x(end.x) + 6} y={y(end.y) + 4}>
        {t("line_model")}
      </text>
    </g>
  );
}

function WithInterval({ dot, x, y }: { dot: Dot; x: number; y: Scale }) {
  return (
    <g>
      <line class="whisker" x1={x} x2={x} y1={y(dot.low)} y2={y(dot.high)} />
      <line class="whisker" x1={x - 4} x2={x + 4} y1={y(dot.low)} y2={y(dot.low)} />
      <line class="whisker" x1={x - 4} x2={x + 4} y1={y(dot.high)} y2={y(dot.high)} />
      <circle class="dot dot-ink" cx={x} cy={y(dot.y)} r={4.5} />
    </g>
  );
}
