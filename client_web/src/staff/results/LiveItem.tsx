import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { formatDecimal, formatNumber, formatShare, pointsKey } from "../../base/formats";
import type { ItemStatistics, Results } from "../../protocol/messages";
import { readResults } from "../api";
import { correlationInterval, FEWEST, flagsOf } from "../core/flags";
import { Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { partText } from "../parts";
import { CountBars } from "../plots/CountBars";
import { ShareInterval } from "../plots/ShareInterval";
import { go } from "../router";
import { coded, counted, t } from "../texts";
import { AsSeen } from "./AsSeen";
import { FlagList } from "./FlagList";

/** One item before any run is signed: as candidates saw it, and what they answered. */
export function LiveItem({ exam, item }: { exam: number; item: number }) {
  const load = useLoad((signal) => readResults(exam, signal), [exam]);
  const place = load.value?.items.findIndex((each) => each.item === item) ?? -1;
  const found = load.value?.items[place];
  return (
    <>
      <Heading
        title={found ? `${partText(found.part)} · ${t("item_number", { number: found.number })}` : t("item")}
        up={{ to: { page: "results", exam, tab: "items" }, label: load.value?.exam ?? t("nav_results") }}
        note={
          found &&
          `${coded("kind", found.kind)} · ${t(pointsKey(found.points), { points: formatDecimal(found.points) })}`
        }
      >
        {load.value && <Neighbours exam={exam} results={load.value} place={place} />}
      </Heading>
      <Loaded load={load}>
        {() =>
          found === undefined ? (
            <Banner tone="waiting">{t("page_missing")}</Banner>
          ) : (
            <div class="beside item-result">
              <AsSeen item={item} />
              <Figures item={found} />
            </div>
          )
        }
      </Loaded>
    </>
  );
}

function Neighbours({ exam, results, place }: { exam: number; results: Results; place: number }) {
  const [before, after] = [results.items[place - 1], results.items[place + 1]];
  const open = (to: ItemStatistics) => go({ page: "item_result", exam, item: to.item });
  return (
    <>
      <Button icon="left" disabled={before === undefined} onClick={() => before && open(before)}>
        {t("item_before")}
      </Button>
      <Button iconAfter="right" disabled={after === undefined} onClick={() => after && open(after)}>
        {t("item_after")}
      </Button>
    </>
  );
}

function Figures({ item }: { item: ItemStatistics }) {
  const interval = correlationInterval(item.discrimination, item.n);
  return (
    <section class="panel" aria-labelledby="figures">
      <h2 id="figures">{t("item_figures")}</h2>
      <FlagList flags={flagsOf(item)} />
      <dl class="item-figures">
        <dt>{t("summary_n")}</dt>
        <dd>{counted("scripts", item.n)}</dd>
        <dt>{t("column_share")}</dt>
        <dd>
          {item.share === null ? "–" : formatShare(item.share)}
          {item.low !== null && item.high !== null && (
            <>
              <span class="soft">
                {" "}
                {t("interval_words", { low: formatShare(item.low), high: formatShare(item.high) })}
              </span>
              <ShareInterval item={item} />
            </>
          )}
        </dd>
        <dt>{t("mean_share")}</dt>
        <dd>{item.difficulty === null ? "–" : formatShare(item.difficulty)}</dd>
        <dt>{t("column_discrimination")}</dt>
        <dd>
          {item.discrimination === null ? "–" : formatNumber(item.discrimination, 2)}
          {interval && item.n >= FEWEST && (
            <span class="soft">
              {" "}
              {t("interval_words", {
                low: formatNumber(interval.low, 2),
                high: formatNumber(interval.high, 2),
              })}
            </span>
          )}
          <p class="soft">{t("discrimination_means")}</p>
        </dd>
      </dl>
      {item.counts.length > 0 && <CountBars item={item} />}
    </section>
  );
}
