import { formatNumber } from "../../base/formats";
import type { Curve } from "../../protocol/messages";
import { highestPoint, linePath, pointsOf, thinned } from "../core/curves";
import { STEP } from "../core/person_map";
import { linear, type Scale, ticks } from "../core/scale";
import { t } from "../texts";
import { Axes, type Frame, frameOf } from "./Axes";
import { DataBehind } from "./DataBehind";

const FRAME = frameOf(420, 270, 52, 16);
const RANGE = 4;
const ABILITIES = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

interface InformationPlotProps {
  title: string;
  help: string;
  information: Curve;
  /** Counts of candidates by ability, drawn faint below: where precision is needed. */
  persons?: readonly number[];
}

/** Where on the ability scale the test or the item measures most precisely. */
export function InformationPlot({ title, help, information, persons = [] }: InformationPlotProps) {
  const points = pointsOf(information, -RANGE, RANGE);
  const top = highestPoint(points);
  const levels = ticks(Math.max(0.1, top?.y ?? 0), 4);
  const decimals = (levels[1] ?? 1) < 1 ? 1 + Number((levels[1] ?? 1) < 0.1) : 0;
  const x = linear(-RANGE, RANGE, FRAME.left, FRAME.right);
  const y = linear(0, levels.at(-1) ?? 1, FRAME.base, FRAME.top);
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={help}>
        <Persons persons={persons} x={x} frame={FRAME} />
        <Axes
          frame={FRAME}
          x={x}
          y={y}
          xTicks={ABILITIES}
          yTicks={levels}
          xText={(value) => formatNumber(value)}
          yText={(value) => formatNumber(value, decimals)}
          xName={t("ability_axis")}
          yName={t("information_axis")}
        />
        <path class="line" d={linePath(points, x, y)} />
        {top && (
          <text
            class="dot-label"
            x={Math.min(Math.max(x(top.x), FRAME.left + 80), FRAME.right - 80)}
            y={y(top.y) - 8}
            text-anchor="middle"
          >
            {t("information_top", { theta: formatNumber(top.x, 1) })}
          </text>
        )}
      </svg>
      <DataBehind
        heads={[t("ability"), t("information_axis")]}
        rows={thinned(points, 21).map((point) => [formatNumber(point.x, 1), formatNumber(point.y, 2)])}
      />
    </figure>
  );
}

function Persons({ persons, x, frame }: { persons: readonly number[]; x: Scale; frame: Frame }) {
  const most = Math.max(1, ...persons);
  const height = linear(0, most, 0, (frame.base - frame.top) * 0.4);
  const top = persons.indexOf(most);
  return (
    <g>
      {persons.map((count, place) => {
        const from = -RANGE + place * STEP;
        return (
          <rect
            key={from}
            class="bar-whole"
            x={x(from) + 1}
            y={frame.base - height(count)}
            width={Math.max(1, x(from + STEP) - x(from) - 2)}
            height={height(count)}
          />
        );
      })}
      {top >= 0 && (
        <text
          class="tick"
          x={x(-RANGE + (top + 0.5) * STEP)}
          y={frame.base - height(most) - 6}
          text-anchor="middle"
        >
          {t("persons_here")}
        </text>
      )}
    </g>
  );
}
