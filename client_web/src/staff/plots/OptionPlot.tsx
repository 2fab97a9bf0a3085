import { formatNumber, formatShare } from "../../base/formats";
import type { OptionLine } from "../../protocol/messages";
import { linePath } from "../core/curves";
import { drawnOptions } from "../core/option_lines";
import { linear, type Scale, spreadLabels } from "../core/scale";
import { t } from "../texts";
import { Axes, frameOf } from "./Axes";
import { DataBehind } from "./DataBehind";
import { Marker } from "./Marker";
import { responseName } from "./responseName";

const FRAME = frameOf(420, 300, 52, 92);
const SHARES = [0, 0.25, 0.5, 0.75, 1];
const LABEL_GAP = 16;

/** Which responses candidates gave, from the weakest fifth to the strongest: each line named at its end. */
export function OptionPlot({ kind, options }: { kind: string; options: readonly OptionLine[] }) {
  const lines = drawnOptions(kind, options);
  const fifths = lines[0]?.fifths.length ?? 0;
  if (fifths < 2) return null;
  const places = Array.from({ length: fifths }, (_, place) => place + 1);
  const x = linear(1, fifths, FRAME.left + 16, FRAME.right);
  const y = linear(0, 1, FRAME.base, FRAME.top);
  // Mirrored, so that labels that would meet move up: most lines end low, where the axis is.
  const ends = lines.map((line) => ({ x: FRAME.right, y: -y(line.fifths.at(-1) ?? 0) }));
  const heights = spreadLabels(ends, 1, LABEL_GAP).map((height) => -height);
  return (
    <figure class="plot">
      <figcaption>{t(kind === "true_false" ? "option_statements" : "option_curves")}</figcaption>
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={t("option_help")}>
        <Axes
          frame={FRAME}
          x={x}
          y={y}
          xTicks={places}
          yTicks={SHARES}
          xText={(place) => fifthName(place, fifths)}
          yText={(share) => formatShare(share)}
          xName={t("fifths_axis")}
          yName={t("option_share")}
        />
        {lines.map((line, place) => (
          <Line
            key={line.label}
            line={line}
            name={kind === "true_false" ? responseName(line.label) : nameOf(line)}
            place={place}
            x={x}
            y={y}
            labelY={heights[place] ?? 0}
          />
        ))}
      </svg>
      <DataBehind
        heads={[t("column_response"), t("column_candidates"), ...places.map(String), t("option_correlation")]}
        rows={options.map((option) => [
          nameOf(option),
          String(option.count),
          ...places.map((place) => formatShare(option.fifths[place - 1] ?? 0)),
          option.total_correlation === null ? "–" : formatNumber(option.total_correlation, 2),
        ])}
      />
    </figure>
  );
}

function nameOf(option: OptionLine): string {
  return `${responseName(option.label)}${option.right ? ` ✓ ${t("count_key")}` : ""}`;
}

function fifthName(place: number, fifths: number): string {
  if (place === 1) return t("fifth_first");
  return place === fifths ? t("fifth_last") : String(place);
}

interface LineProps {
  line: OptionLine;
  name: string;
  place: number;
  x: Scale;
  y: Scale;
  labelY: number;
}

function Line({ line, name, place, x, y, labelY }: LineProps) {
  const points = line.fifths.map((share, fifth) => ({ x: fifth + 1, y: share }));
  const style = line.right ? "line line-key" : `line line-wrong line-${1 + (place % 3)}`;
  return (
    <g>
      <path class={style} d={linePath(points, x, y)} />
      {points.map((point) => (
        <Marker key={point.x} shape={place} x={x(point.x)} y={y(point.y)} solid={line.right} />
      ))}
      <text class={line.right ? "line-label" : "dot-label"} x={FRAME.right + 10} y={labelY + 4}>
        {name}
      </text>
    </g>
  );
}
