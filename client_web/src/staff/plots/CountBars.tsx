import { formatNumber } from "../../base/formats";
import type { Count, ItemStatistics } from "../../protocol/messages";
import { countGroups } from "../core/counts";
import { linear } from "../core/scale";
import { t } from "../texts";
import { responseName } from "./responseName";

const WIDTH = 520;
const ROW = 30;
const LEFT = 120;
const RIGHT = WIDTH - 168;

/** How many gave each response: bars labelled where they end; the right one is dark and says so. */
export function CountBars({ item }: { item: ItemStatistics }) {
  const groups = countGroups(item);
  const highest = Math.max(1, ...item.counts.map((count) => count.count));
  const x = linear(0, highest, LEFT, RIGHT);
  return (
    <figure class="plot counts">
      <figcaption>{t("counts")}</figcaption>
      {groups.map((group) => (
        <svg
          key={group.name}
          viewBox={`0 0 ${WIDTH} ${group.bars.length * ROW}`}
          role="img"
          aria-label={group.bars
            .map((bar) => `${responseName(bar.label)}: ${barValue(bar, item.n)}`)
            .join("; ")}
        >
          {group.bars.map((bar, index) => (
            <Bar key={bar.label} bar={bar} n={item.n} x={x} top={index * ROW} />
          ))}
        </svg>
      ))}
      <CountTable item={item} />
    </figure>
  );
}

function barValue(bar: Count, n: number): string {
  const percent = n === 0 ? "" : ` (${formatNumber((100 * bar.count) / n, 0)}\u00a0%)`;
  return `${bar.count}${percent}`;
}

interface BarProps {
  bar: Count;
  n: number;
  x: (count: number) => number;
  top: number;
}

function Bar({ bar, n, x, top }: BarProps) {
  const middle = top + ROW / 2 + 5;
  return (
    <g class={bar.right ? "count-right" : "count-wrong"}>
      <text class="count-name" x={LEFT - 10} y={middle} text-anchor="end">
        {responseName(bar.label)}
      </text>
      <rect x={LEFT} y={top + 4} width={Math.max(1, x(bar.count) - LEFT)} height={ROW - 8} />
      <text class="count-value" x={x(bar.count) + 8} y={middle}>
        {`${barValue(bar, n)}${bar.right ? ` ✓ ${t("count_key")}` : ""}`}
      </text>
    </g>
  );
}

function CountTable({ item }: { item: ItemStatistics }) {
  return (
    <details class="behind">
      <summary>{t("table_behind")}</summary>
      <table class="data small">
        <thead>
          <tr>
            <th scope="col">{t("column_response")}</th>
            <th scope="col" class="number">
              {t("column_scripts")}
            </th>
            <th scope="col">{t("column_key")}</th>
          </tr>
        </thead>
        <tbody>
          {item.counts.map((bar) => (
            <tr key={bar.label}>
              <td>{responseName(bar.label)}</td>
              <td class="number">{barValue(bar, item.n)}</td>
              <td>{bar.right && t("count_key")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
