import { formatDecimal, formatShare } from "../../base/formats";
import type { Bin } from "../../protocol/messages";
import { linear, type Scale, spreadLabels, ticks } from "../core/scale";
import { counted, t } from "../texts";
import { Axes, frameOf } from "./Axes";
import { DataBehind } from "./DataBehind";

const FRAME = frameOf(420, 300, 52, 16);
const HEADROOM = 1.25;
const LINE = 17;
const HALF_NAME = 84;

interface DistributionProps {
  whole: readonly Bin[];
  /** The reader's own classes; empty where there are none or where they are all. */
  own: readonly Bin[];
  mean: string | null;
  total: string;
}

const countOf = (bins: readonly Bin[]) => bins.reduce((sum, bin) => sum + bin.count, 0);
const shareOf = (bin: Bin | undefined, all: number) => (bin === undefined || all === 0 ? 0 : bin.count / all);

/** Scores of the whole exam as light bars, of one's own classes as dark ones within: shares, so that both compare. */
export function Distribution({ whole, own, mean, total }: DistributionProps) {
  const [all, mine] = [countOf(whole), countOf(own)];
  const within = mine > 0 && mine < all ? own : [];
  const shares = whole.map((bin, place) => Math.max(shareOf(bin, all), shareOf(within[place], mine)));
  const levels = ticks(Math.max(0.05, ...shares), 4);
  const x = linear(Number(whole[0]?.low ?? 0), Number(whole.at(-1)?.high ?? total), FRAME.left, FRAME.right);
  const y = linear(0, HEADROOM * Math.max(levels.at(-1) ?? 1, ...shares), FRAME.base, FRAME.top);
  const edges = [...whole.map((bin) => Number(bin.low)), Number(whole.at(-1)?.high ?? total)];
  return (
    <figure class="plot">
      <figcaption>{t("histogram")}</figcaption>
      <svg viewBox={`0 0 ${FRAME.width} ${FRAME.height}`} role="img" aria-label={t("distribution_help")}>
        <Axes
          frame={FRAME}
          x={x}
          y={y}
          xTicks={edges.filter(Number.isInteger)}
          yTicks={levels}
          xText={String}
          yText={(share) => formatShare(share)}
          xName={t("histogram_axis", { points: formatDecimal(total) })}
          yName={t("distribution_share")}
        />
        <Bars
          bins={whole}
          all={all}
          x={x}
          y={y}
          inset={0.06}
          class={within.length > 0 ? "bar-whole" : "bar-fill"}
        />
        <Bars bins={within} all={mine} x={x} y={y} inset={0.28} class="bar-fill" />
        {mean !== null && <Mean at={x(Number(mean))} mean={mean} />}
        {within.length > 0 && <Names whole={whole} own={within} x={x} y={y} />}
      </svg>
      <Behind whole={whole} own={within} />
    </figure>
  );
}

interface BarsProps {
  bins: readonly Bin[];
  all: number;
  x: Scale;
  y: Scale;
  /** Share of the bin's width left free at each side. */
  inset: number;
  class: string;
}

function Bars({ bins, all, x, y, inset, class: style }: BarsProps) {
  return (
    <g>
      {bins.map((bin) => {
        const [start, end] = [x(Number(bin.low)), x(Number(bin.high))];
        return (
          <rect
            key={bin.low}
            class={style}
            x={start + inset * (end - start)}
            y={y(shareOf(bin, all))}
            width={Math.max(1, (1 - 2 * inset) * (end - start))}
            height={FRAME.base - y(shareOf(bin, all))}
          />
        );
      })}
    </g>
  );
}

/** Each kind of bar is named above its highest one; names that would meet stand one above the other. */
function Names({ whole, own, x, y }: { whole: readonly Bin[]; own: readonly Bin[]; x: Scale; y: Scale }) {
  const names = [
    placed(whole, t("distribution_whole", { persons: counted("persons", countOf(whole)) }), x, y),
    placed(own, t("distribution_own", { persons: counted("persons", countOf(own)) }), x, y),
  ];
  // Mirrored: a name makes room for another by moving up, away from the bars.
  const heights = spreadLabels(
    names.map((each) => ({ x: each.x, y: -each.y })),
    2 * HALF_NAME,
    LINE,
  );
  return (
    <g>
      {names.map((each, place) => (
        <text key={each.name} class="dot-label" x={each.x} y={-(heights[place] ?? 0)} text-anchor="middle">
          {each.name}
        </text>
      ))}
    </g>
  );
}

/** A name above the highest of its bars, within the drawing. */
function placed(bins: readonly Bin[], name: string, x: Scale, y: Scale) {
  const top = bins.reduce((best, bin) => (bin.count > best.count ? bin : best), bins[0] ?? NONE);
  const middle = (x(Number(top.low)) + x(Number(top.high))) / 2;
  const kept = Math.min(Math.max(middle, FRAME.left + HALF_NAME), FRAME.right - HALF_NAME);
  return { name, x: kept, y: y(shareOf(top, countOf(bins))) - 8 };
}

const NONE: Bin = { low: "0", high: "0", count: 0 };

function Mean({ at, mean }: { at: number; mean: string }) {
  return (
    <g>
      <line class="mean" x1={at} x2={at} y1={FRAME.top - 12} y2={FRAME.base} />
      <text class="mean-label" x={at + 6} y={FRAME.top - 6}>
        {t("histogram_mean", { mean: formatDecimal(mean) })}
      </text>
    </g>
  );
}

function Behind({ whole, own }: { whole: readonly Bin[]; own: readonly Bin[] }) {
  const [all, mine] = [countOf(whole), countOf(own)];
  const heads = [t("column_score"), t("column_candidates"), "%"];
  const more = own.length > 0 ? [t("own_classes"), `% (${t("own_classes")})`] : [];
  const rows = whole.map((bin, place) => [
    t(place === whole.length - 1 ? "bin_last" : "bin", {
      low: formatDecimal(bin.low),
      high: formatDecimal(bin.high),
    }),
    String(bin.count),
    formatShare(shareOf(bin, all), 1),
    String(own[place]?.count ?? 0),
    formatShare(shareOf(own[place], mine), 1),
  ]);
  return <DataBehind heads={[...heads, ...more]} rows={rows} />;
}
