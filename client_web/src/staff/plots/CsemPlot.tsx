import { formatNumber } from "../../base/formats";
import type { Curve } from "../../protocol/messages";
import { highestPoint, linePath, type Point, pointNear, pointsOf, thinned } from "../core/curves";
import { linear, ticks } from "../core/scale";
import { t } from "../texts";
import { Axes, frameOf } from "./Axes";
import { DataBehind } from "./DataBehind";

const FRAME = frameOf(420, 270, 52, 16);
const MARKED = [2, 5, 8];
/** The share of the plot's height by which a curve that is not flat changes over one point of the scale. */
const STEEP = 0.06;
const ANCHORS = ["start", "middle", "end"] as const;

/** How far a score may be off, against the score: the standard error on the 10-point scale. */
export function CsemPlot({ csem }: { csem: Curve }) {
  const points = pointsOf(csem, 0, 10);
  const levels = ticks(Math.max(0.1, highestPoint(points)?.y ?? 0), 4);
  const x = linear(0, 10, FRAME.left, FRAME.right);
  const y = linear(0, levels.at(-1) ?? 1, FRAME.base, FRAME.top);
  const marked = MARKED.map((score) => pointNear(points, score)).filter((each) => each !== undefined);
  const rise = ({ x: score }: Point) =>
    (pointNear(points, score + 0.5)?.y ?? 0) - (pointNear(points, score - 0.5)?.y ?? 0);
  return (
    <figure class="plot">
      <figcaption>{t("csem")}</figcaption>
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={t("csem_help")}>
        <Axes
          frame={FRAME}
          x={x}
          y={y}
          xTicks={[0, 2, 4, 6, 8, 10]}
          yTicks={levels}
          xText={String}
          yText={(value) => formatNumber(value, 1)}
          xName={t("score_axis_10")}
          yName={t("csem_axis")}
        />
        <path class="line" d={linePath(points, x, y)} />
        {marked.map((point) => (
          <Marked
            key={point.x}
            point={point}
            x={x(point.x)}
            y={y(point.y)}
            lean={Math.abs(rise(point)) < STEEP * (levels.at(-1) ?? 1) ? 0 : Math.sign(rise(point))}
          />
        ))}
      </svg>
      <p class="soft">{t("csem_means")}</p>
      <DataBehind
        heads={[t("column_score"), t("csem_column")]}
        rows={thinned(points, 21).map((point) => [formatNumber(point.x, 1), formatNumber(point.y, 2)])}
      />
    </figure>
  );
}

/** A marked point; its label stands on the side where the curve is lower. `lean`: 1 rising, −1 falling. */
function Marked({ point, x, y, lean }: { point: Point; x: number; y: number; lean: number }) {
  return (
    <g>
      <circle class="dot" cx={x} cy={y} r={4.5} />
      <text class="dot-label" x={x - 5 * lean} y={y - 10} text-anchor={ANCHORS[lean + 1]}>
        {`${formatNumber(Math.round(point.x))} ± ${formatNumber(point.y, 2)}`}
      </text>
    </g>
  );
}
