import { formatNumber, formatTime } from "../../base/formats";
import { type Column, HISTORY_S, highestOf, runsOf, SLOT_S } from "../core/history";
import { linear, type Scale, spreadLabels, ticks } from "../core/scale";
import { t } from "../texts";

const WIDTH = 360;
const HEIGHT = 168;
const LEFT = 44;
const TOP = 12;
const BASE = HEIGHT - 24;
const LABEL_GAP = 14;
const MOST_LABELS = 8;
const CHARACTER = 7.2;
const LEAST_MARGIN = 44;
const LONGEST_NAME = 12;
const AGO_MINUTES = [15, 10, 5];

/** A column to draw; `name` stands at its end. */
export interface Line {
  name: string;
  column: Column;
}

interface TimePlotProps {
  title: string;
  slots: readonly number[];
  lines: readonly Line[];
  decimals?: number;
  /** Values are counts: no half ticks. */
  whole?: boolean;
}

/** The last fifteen minutes as lines, each named at its end and drawn in a dash of its own. */
export function TimePlot({ title, slots, lines, decimals = 0, whole = false }: TimePlotProps) {
  const end = slots.at(-1) ?? 0;
  const format = (value: number) => formatNumber(value, decimals);
  const ends = endsOf(lines, format);
  const right = WIDTH - marginFor(ends);
  const x = linear(end - HISTORY_S, end, LEFT, right);
  const highest = Math.max(0, ...lines.map((line) => highestOf(line.column) ?? 0));
  const levels = ticks(Math.max(highest, whole ? 2 : 1e-3), 3, whole);
  const y = linear(0, levels.at(-1) ?? 1, BASE, TOP);
  return (
    <figure class="plot time-plot">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={spoken(title, slots, lines, format)}>
        <Levels levels={levels} y={y} right={right} format={tickFormat(levels, whole)} />
        <Minutes x={x} end={end} />
        {lines.map((line, index) => (
          <path key={line.name} class={`line line-${index % 4}`} d={pathOf(line.column, slots, x, y)} />
        ))}
        <Ends ends={ends} right={right} y={y} />
      </svg>
    </figure>
  );
}

/** Levels close together need decimals to differ. */
function tickFormat(levels: readonly number[], whole: boolean): (value: number) => string {
  const step = (levels[1] ?? 1) - (levels[0] ?? 0);
  const decimals = whole || step >= 1 ? 0 : Math.min(3, Math.ceil(-Math.log10(step)));
  return (value) => formatNumber(value, decimals);
}

/** The plot in words, for those who don't see it: the last value and the highest of each line. */
function spoken(
  title: string,
  slots: readonly number[],
  lines: readonly Line[],
  format: (value: number) => string,
): string {
  const time = formatTime((slots.at(-1) ?? 0) * 1_000, true);
  const words = lines.map((line) => {
    const [last, highest] = [line.column.at(-1), highestOf(line.column)];
    if (last == null || highest === null) return `${line.name}: ${t("window_no_values")}`;
    return t("line_now", { name: line.name, value: format(last), time, highest: format(highest) });
  });
  return `${title}. ${words.join("; ")}`;
}

interface LevelsProps {
  levels: readonly number[];
  y: Scale;
  right: number;
  format: (value: number) => string;
}

function Levels({ levels, y, right, format }: LevelsProps) {
  return (
    <g>
      {levels.map((level) => (
        <g key={level}>
          <line class={level === 0 ? "axis" : "rail"} x1={LEFT} x2={right} y1={y(level)} y2={y(level)} />
          <text class="tick" x={LEFT - 6} y={y(level) + 4} text-anchor="end">
            {format(level)}
          </text>
        </g>
      ))}
    </g>
  );
}

function Minutes({ x, end }: { x: Scale; end: number }) {
  return (
    <g>
      {AGO_MINUTES.map((minutes) => (
        <text
          key={minutes}
          class="tick"
          x={x(end - minutes * 60)}
          y={BASE + 18}
          text-anchor={minutes === AGO_MINUTES[0] ? "start" : "middle"}
        >
          {minutes === AGO_MINUTES[0] ? t("plot_minutes_ago", { minutes }) : `−${minutes}`}
        </text>
      ))}
      <text class="tick" x={x(end)} y={BASE + 18} text-anchor="middle">
        {t("plot_now")}
      </text>
    </g>
  );
}

function pathOf(column: Column, slots: readonly number[], x: Scale, y: Scale): string {
  const half = x(SLOT_S / 2) - x(0);
  return runsOf(column)
    .map((run) => {
      const points = run.map(
        ([index, value]) => [x(slots[index] ?? 0).toFixed(1), y(value).toFixed(1)] as const,
      );
      const drawn = points.map(([at, height]) => `${at},${height}`).join("L");
      // A single value has no line to be seen by: it gets a short one.
      return points.length === 1 ? `M${drawn}h${half.toFixed(1)}` : `M${drawn}`;
    })
    .join("");
}

/** What stands at the end of a line. */
interface End {
  key: string;
  /** Empty for the only line: the plot's title is its name. */
  name: string;
  value: number;
  text: string;
}

/** The last values, the highest first. */
function endsOf(lines: readonly Line[], format: (value: number) => string): End[] {
  return lines
    .flatMap(({ name, column }) => {
      const value = column.at(-1);
      if (value == null) return [];
      return [{ key: name, name: lines.length > 1 ? `${shortened(name)} ` : "", value, text: format(value) }];
    })
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_LABELS);
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}

/** Room for the longest label. */
function marginFor(ends: readonly End[]): number {
  const longest = Math.max(0, ...ends.map(({ name, text }) => name.length + text.length));
  return Math.max(LEAST_MARGIN, 8 + longest * CHARACTER);
}

interface EndsProps {
  ends: readonly End[];
  right: number;
  y: Scale;
}

/** The last values, beside where their lines end: with names where there are several. */
function Ends({ ends, right, y }: EndsProps) {
  const heights = spreadLabels(
    ends.map(({ value }) => ({ x: right, y: y(value) })),
    1,
    LABEL_GAP,
  );
  return (
    <g>
      {ends.map(({ key, name, text }, index) => (
        <text key={key} class="line-label" x={right + 6} y={(heights[index] ?? 0) + 4}>
          {name !== "" && <tspan class="line-name">{name}</tspan>}
          {text}
        </text>
      ))}
    </g>
  );
}
