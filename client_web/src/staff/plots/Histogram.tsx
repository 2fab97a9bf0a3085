import { formatDecimal, formatNumber } from "../../base/formats";
import type { Bin } from "../../protocol/messages";
import { linear } from "../core/scale";
import { counted, t } from "../texts";

const WIDTH = 600;
const HEIGHT = 280;
const LEFT = 16;
const RIGHT = WIDTH - 16;
const TOP = 40;
const BASE = HEIGHT - 44;

interface HistogramProps {
  bins: readonly Bin[];
  mean: string | null;
  total: string;
}

/** Scripts by score: counts stand on their bars, the mean is marked. The table behind it says the same. */
export function Histogram({ bins, mean, total }: HistogramProps) {
  const highest = Math.max(1, ...bins.map((bin) => bin.count));
  const from = Number(bins[0]?.low ?? 0);
  const to = Number(bins.at(-1)?.high ?? total);
  const x = linear(from, to, LEFT, RIGHT);
  const y = linear(0, highest, BASE, TOP);
  const edges = [...bins.map((bin) => bin.low), ...bins.slice(-1).map((bin) => bin.high)];
  return (
    <figure class="plot">
      <figcaption>{t("histogram")}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("histogram_help")}>
        {mean !== null && <Mean at={x(Number(mean))} mean={mean} />}
        {bins.map((bin) => (
          <Bar key={bin.low} bin={bin} x={x} y={y} />
        ))}
        <line class="axis" x1={LEFT} x2={RIGHT} y1={BASE} y2={BASE} />
        {edges.filter(isWhole).map((edge) => (
          <text key={edge} class="tick" x={x(Number(edge))} y={BASE + 18} text-anchor="middle">
            {Number(edge)}
          </text>
        ))}
        <text class="axis-name" x={(LEFT + RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
          {t("histogram_axis", { points: formatDecimal(total) })}
        </text>
      </svg>
      <BinTable bins={bins} />
    </figure>
  );
}

/** Only whole scores are written under the axis; half ones would crowd it. */
function isWhole(edge: string): boolean {
  return Number.isInteger(Number(edge));
}

function Bar({ bin, x, y }: { bin: Bin; x: (score: number) => number; y: (count: number) => number }) {
  const [start, end] = [x(Number(bin.low)), x(Number(bin.high))];
  const top = y(bin.count);
  return (
    <g>
      <rect class="bar-fill" x={start + 2} y={top} width={Math.max(1, end - start - 4)} height={BASE - top} />
      {bin.count > 0 && (
        <text class="bar-count" x={(start + end) / 2} y={top - 6} text-anchor="middle">
          {bin.count}
        </text>
      )}
    </g>
  );
}

function Mean({ at, mean }: { at: number; mean: string }) {
  const side = at > WIDTH / 2 ? "end" : "start";
  const label = t("histogram_mean", { mean: formatDecimal(mean) });
  return (
    <g>
      <line class="mean" x1={at} x2={at} y1={14} y2={BASE} />
      <text class="mean-label" x={side === "end" ? at - 6 : at + 6} y={14} text-anchor={side}>
        {label}
      </text>
    </g>
  );
}

function BinTable({ bins }: { bins: readonly Bin[] }) {
  const all = bins.reduce((sum, bin) => sum + bin.count, 0);
  return (
    <details class="behind">
      <summary>{t("table_behind")}</summary>
      <table class="data small">
        <thead>
          <tr>
            <th scope="col">{t("column_score")}</th>
            <th scope="col" class="number">
              {t("column_scripts")}
            </th>
            <th scope="col" class="number">
              %
            </th>
          </tr>
        </thead>
        <tbody>
          {bins.map((bin, index) => (
            <tr key={bin.low}>
              <td>
                {t(index === bins.length - 1 ? "bin_last" : "bin", {
                  low: formatDecimal(bin.low),
                  high: formatDecimal(bin.high),
                })}
              </td>
              <td class="number">{counted("scripts", bin.count)}</td>
              <td class="number">{all === 0 ? "–" : formatNumber((100 * bin.count) / all, 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
