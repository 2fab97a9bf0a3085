import { formatNumber, formatShare } from "../../base/formats";
import type { Route } from "../core/route";
import { linear, spreadLabels } from "../core/scale";
import { partText, shortPlace } from "../parts";
import { t } from "../texts";
import { SvgLink } from "./SvgLink";

const WIDTH = 860;
const HEIGHT = 340;
const LEFT = 56;
const RIGHT = WIDTH - 20;
const TOP = 20;
const BASE = HEIGHT - 48;

/** An item to place; `remarked` ones are drawn as squares. */
export interface ScatterItem {
  item: number;
  part: string;
  number: number;
  difficulty: number | null;
  discrimination: number | null;
  remarked: boolean;
}

type Placed = ScatterItem & { difficulty: number; discrimination: number };

const isPlaced = (item: ScatterItem): item is Placed =>
  item.difficulty !== null && item.discrimination !== null;

interface ItemScatterProps {
  items: readonly ScatterItem[];
  routeTo: (item: ScatterItem) => Route;
}

/** Every item by the share of its points earned and by its discrimination, labelled where it stands. */
export function ItemScatter({ items, routeTo }: ItemScatterProps) {
  const placed = items.filter(isPlaced);
  if (placed.length === 0) return null;
  const lowest = Math.min(-0.2, ...placed.map((item) => item.discrimination));
  const highest = Math.max(0.6, ...placed.map((item) => item.discrimination));
  const x = linear(0, 1, LEFT, RIGHT);
  const y = linear(Math.floor(lowest * 5) / 5, Math.ceil(highest * 5) / 5, BASE, TOP);
  const dots = placed.map((item) => ({ x: x(item.difficulty), y: y(item.discrimination) }));
  const labels = spreadLabels(dots, 46, 13);
  return (
    <figure class="plot">
      <figcaption>{t("scatter")}</figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose dots are links has no element of its own. */}
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={t("scatter_help")}>
        <Grid x={x} y={y} low={Math.floor(lowest * 5) / 5} high={Math.ceil(highest * 5) / 5} />
        {placed.map((item, index) => (
          <Dot
            key={item.item}
            item={item}
            to={routeTo(item)}
            at={dots[index] ?? { x: 0, y: 0 }}
            label={labels[index] ?? 0}
          />
        ))}
      </svg>
    </figure>
  );
}

interface GridProps {
  x: (value: number) => number;
  y: (value: number) => number;
  low: number;
  high: number;
}

function Grid({ x, y, low, high }: GridProps) {
  const steps = Array.from({ length: Math.round((high - low) / 0.2) + 1 }, (_, index) => low + index * 0.2);
  return (
    <g>
      {steps.map((value) => (
        <g key={value.toFixed(1)}>
          <line
            class={Math.abs(value) < 0.01 ? "axis" : "rail"}
            x1={LEFT}
            x2={RIGHT}
            y1={y(value)}
            y2={y(value)}
          />
          <text class="tick" x={LEFT - 8} y={y(value) + 4} text-anchor="end">
            {formatNumber(Math.abs(value) < 0.01 ? 0 : value, 1)}
          </text>
        </g>
      ))}
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <text key={share} class="tick" x={x(share)} y={BASE + 18} text-anchor="middle">
          {formatShare(share)}
        </text>
      ))}
      <text class="axis-name" x={LEFT} y={HEIGHT - 6} text-anchor="start">
        {`← ${t("scatter_hard")}`}
      </text>
      <text class="axis-name" x={(LEFT + RIGHT) / 2} y={HEIGHT - 6} text-anchor="middle">
        {t("scatter_x")}
      </text>
      <text class="axis-name" x={RIGHT} y={HEIGHT - 6} text-anchor="end">
        {`${t("scatter_easy")} →`}
      </text>
      <text class="axis-name" x={LEFT + 4} y={TOP - 6} text-anchor="start">
        {`↑ ${t("scatter_y")}`}
      </text>
    </g>
  );
}

interface DotProps {
  item: Placed;
  to: Route;
  at: { x: number; y: number };
  label: number;
}

function Dot({ item, to, at, label }: DotProps) {
  const name = t("scatter_dot", {
    item: `${partText(item.part)} · ${item.number}`,
    share: formatShare(item.difficulty),
    discrimination: formatNumber(item.discrimination, 2),
  });
  return (
    <SvgLink to={to} label={name}>
      {item.remarked ? (
        <rect class="dot dot-remarked" x={at.x - 5} y={at.y - 5} width={10} height={10} />
      ) : (
        <circle class="dot" cx={at.x} cy={at.y} r={5} />
      )}
      <text class="dot-label" x={at.x + 9} y={label + 4}>
        {shortPlace(item)}
      </text>
    </SvgLink>
  );
}
