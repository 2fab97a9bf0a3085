import { Banner } from "../../base/Banner";
import type { Judgement, WindowView } from "../../protocol/messages";
import { coded, t } from "../texts";
import { readable } from "./size";

/** What is wrong and what to do, in plain words, the gravest first; or that all is well. */
export function Judgements({ view }: { view: WindowView }) {
  return (
    <section class="block judgements" aria-labelledby="window-judgements">
      <h2 id="window-judgements" class="visually-hidden">
        {t("window_judgements")}
      </h2>
      {view.judgements.length === 0 ? <AllWell view={view} /> : view.judgements.map(Said)}
    </section>
  );
}

function AllWell({ view }: { view: WindowView }) {
  if (view.series.slots.length < 3) return <Banner tone="info">{t("window_starting")}</Banner>;
  return (
    <Banner tone="saved">
      <p class="judgement">{t("window_all_well")}</p>
      <p>{t("window_all_well_do")}</p>
    </Banner>
  );
}

function Said(judgement: Judgement) {
  const grave = judgement.level === "danger";
  const { worker, host } = judgement.params;
  return (
    <Banner
      key={[judgement.code, worker, host].join(" ")}
      tone={grave ? "danger" : "waiting"}
      live={grave ? "assertive" : "polite"}
    >
      {/* Said when it appears, and not again as the figures in it change. */}
      <p class="judgement" aria-live="off">
        <span class="judgement-level">{t(grave ? "window_danger" : "window_attention")}</span>{" "}
        {coded("window", judgement.code, readable(judgement.params))}
      </p>
      <p aria-live="off">{coded("window", `${judgement.code}_do`, readable(judgement.params))}</p>
    </Banner>
  );
}
