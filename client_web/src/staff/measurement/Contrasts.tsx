import type { GroupContrast } from "../../protocol/messages";
import { favoured } from "../core/verdicts";
import { coded, t } from "../texts";
import { probabilityText, withError } from "./numbers";

/** Whether candidates of the same ability but of different groups did alike. */
export function Contrasts({ contrasts }: { contrasts: readonly GroupContrast[] }) {
  return (
    <section class="panel" aria-labelledby="contrasts">
      <h2 id="contrasts">{t("contrasts")}</h2>
      {contrasts.length === 0 ? (
        <p class="soft">{t("contrasts_none")}</p>
      ) : (
        <>
          <ul class="contrasts">
            {contrasts.map((contrast) => (
              <Contrast key={`${contrast.reference}|${contrast.focal}`} contrast={contrast} />
            ))}
          </ul>
          <p class="soft">{t("contrasts_mean")}</p>
        </>
      )}
    </section>
  );
}

function Contrast({ contrast }: { contrast: GroupContrast }) {
  return (
    <li class={contrast.category === "C" ? "contrast contrast-large" : "contrast"}>
      <p>
        {t("contrast_groups", {
          reference: coded("group_name", contrast.reference),
          n_reference: contrast.n_reference,
          focal: coded("group_name", contrast.focal),
          n_focal: contrast.n_focal,
        })}
      </p>
      <p class="strong">{verdict(contrast)}</p>
      {contrast.delta !== null && (
        <p class="soft">
          {t("contrast_numbers", {
            delta: withError(contrast.delta, contrast.delta_se),
            p: probabilityText(contrast.p),
          })}
        </p>
      )}
    </li>
  );
}

function verdict(contrast: GroupContrast): string {
  if (contrast.category === null) return t("contrast_unknown");
  if (contrast.category === "A") return t("contrast_A");
  return t(`contrast_${contrast.category}`, { group: coded("group_name", favoured(contrast) ?? "–") });
}
