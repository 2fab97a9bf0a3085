import { formatNumber } from "../../base/formats";
import type { ItemLine } from "../../protocol/messages";
import { personMap, rowsOf, type Step } from "../core/person_map";
import type { Route } from "../core/route";
import { linear } from "../core/scale";
import { shortPlace } from "../parts";
import { t } from "../texts";
import { DataBehind } from "./DataBehind";
import { SvgLink } from "./SvgLink";

const WIDTH = 860;
const AXIS = 330;
const LABEL = 52;
const PER_ROW = Math.floor((WIDTH - AXIS - 24) / LABEL);
const LINE = 17;
const HEAD = 34;

interface PersonMapProps {
  persons: readonly number[];
  items: readonly ItemLine[];
  routeTo: (item: ItemLine) => Route;
}

/** Candidates at the left and items at the right of one scale: whom each item is made for. */
export function PersonMap({ persons, items, routeTo }: PersonMapProps) {
  const steps = personMap(persons, items);
  const lines = Math.max(1, ...steps.map((step) => Math.ceil(step.items.length / PER_ROW)));
  const height = lines * LINE + 8;
  const most = Math.max(1, ...steps.map((step) => step.persons));
  const x = linear(0, most, AXIS - 42, 60);
  return (
    <figure class="plot">
      <figcaption>{t("person_map")}</figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a drawing whose labels are links has no element of its own. */}
      <svg
        viewBox={`0 0 ${WIDTH} ${HEAD + steps.length * height + 12}`}
        role="group"
        aria-label={t("person_map_help")}
      >
        <text class="axis-name" x={AXIS - 42} y={14} text-anchor="end">{`← ${t("column_candidates")}`}</text>
        <text class="axis-name" x={AXIS} y={14} text-anchor="middle">
          {t("ability_short")}
        </text>
        <text class="axis-name" x={AXIS + 38} y={14}>{`${t("person_map_items")} →`}</text>
        {steps.map((step, place) => (
          <StepRow
            key={step.from}
            step={step}
            top={HEAD + place * height}
            height={height}
            x={x}
            routeTo={routeTo}
          />
        ))}
      </svg>
      <p class="soft prose">{t("person_map_means")}</p>
      <DataBehind
        heads={[t("ability"), t("column_candidates"), t("column_items")]}
        rows={steps.map((step) => [
          rangeOf(step),
          String(step.persons),
          step.items.map(shortPlace).join(", ") || "–",
        ])}
      />
    </figure>
  );
}

function rangeOf(step: Step): string {
  return t("range", { low: formatNumber(step.from, 1), high: formatNumber(step.to, 1) });
}

interface StepRowProps {
  step: Step;
  top: number;
  height: number;
  x: (count: number) => number;
  routeTo: (item: ItemLine) => Route;
}

function StepRow({ step, top, height, x, routeTo }: StepRowProps) {
  const middle = top + height / 2;
  return (
    <g>
      <line class="rail" x1={48} x2={AXIS - 24} y1={top + height} y2={top + height} />
      <line class="rail" x1={AXIS + 24} x2={WIDTH} y1={top + height} y2={top + height} />
      <rect
        class="bar-fill"
        x={x(step.persons)}
        y={top + 3}
        width={x(0) - x(step.persons)}
        height={height - 6}
      />
      {step.persons > 0 && (
        <text class="bar-count" x={x(step.persons) - 6} y={middle + 4} text-anchor="end">
          {step.persons}
        </text>
      )}
      <text class="tick" x={AXIS} y={top + height + 4} text-anchor="middle">
        {formatNumber(step.from, 1)}
      </text>
      {rowsOf(step.items, PER_ROW).flatMap((row, line) =>
        row.map((item, place) => (
          <SvgLink key={item.item} to={routeTo(item)} label={labelOf(item)}>
            <text class="dot-label" x={AXIS + 38 + place * LABEL} y={top + LINE * (line + 1) - 1}>
              {shortPlace(item)}
            </text>
          </SvgLink>
        )),
      )}
    </g>
  );
}

function labelOf(item: ItemLine): string {
  return t("person_map_item", { item: shortPlace(item), b: formatNumber(item.b ?? 0, 2) });
}
