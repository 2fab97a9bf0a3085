import { formatDecimal } from "../../base/formats";
import type { DifferenceCount } from "../../protocol/messages";
import { linear } from "../core/scale";
import { counted, t } from "../texts";

const WIDTH = 420;
const ROW = 30;
const LEFT = 96;
const RIGHT = WIDTH - 108;

/** A difference of scores with its sign: "+0,25". */
export function differenceText(difference: string): string {
  if (Number(difference) > 0) return `+${formatDecimal(difference.replace("+", ""))}`;
  return formatDecimal(difference.replace("-", "−"));
}

/** How many candidates gain or lose how much: a bar each, its count at the end. Losses are hatched. */
export function DifferenceBars({ differences }: { differences: readonly DifferenceCount[] }) {
  if (differences.length === 0) return null;
  const rows = [...differences].sort((a, b) => Number(b.difference) - Number(a.difference));
  const x = linear(0, Math.max(1, ...rows.map((row) => row.count)), LEFT, RIGHT);
  const words = rows.map((row) => `${differenceText(row.difference)}: ${counted("persons", row.count)}`);
  return (
    <figure class="plot differences">
      <figcaption>{t("differences")}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${rows.length * ROW}`} role="img" aria-label={words.join("; ")}>
        <defs>
          <pattern
            id="hatch"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="hatch-ground" width="6" height="6" />
            <line class="hatch-line" x1="0" x2="0" y1="0" y2="6" />
          </pattern>
        </defs>
        {rows.map((row, place) => (
          <g key={row.difference}>
            <text x={LEFT - 10} y={place * ROW + ROW / 2 + 5} text-anchor="end">
              {t("difference_points", { difference: differenceText(row.difference) })}
            </text>
            <rect
              class={Number(row.difference) > 0 ? "bar-fill" : "bar-loss"}
              x={LEFT}
              y={place * ROW + 4}
              width={Math.max(1, x(row.count) - LEFT)}
              height={ROW - 8}
            />
            <text class="bar-count" x={x(row.count) + 8} y={place * ROW + ROW / 2 + 5}>
              {counted("persons", row.count)}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
