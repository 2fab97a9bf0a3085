import { Banner } from "../../base/Banner";
import type { ItemLine, ItemPair, ModelFindings } from "../../protocol/messages";
import type { Route } from "../core/route";
import { modelFitKey } from "../core/verdicts";
import { shortPlace } from "../parts";
import { Link } from "../router";
import { coded, t } from "../texts";
import { numberText, powerText, probabilityText, withError } from "./numbers";

interface ModelFitProps {
  model: ModelFindings;
  items: readonly ItemLine[];
  routeTo: (item: ItemLine) => Route;
}

/** Whether the model may be believed: a verdict in words, the figures behind it, what hangs together, the scale. */
export function ModelFit({ model, items, routeTo }: ModelFitProps) {
  return (
    <section class="panel" aria-labelledby="model-fit">
      <h2 id="model-fit">{t("model_fit")}</h2>
      <p class="prose">
        {t("model_used", { model: coded("fitted", model.model), n: model.n })}{" "}
        <strong>{t(`model_fit_${modelFitKey(model.m2_rmsea, model.srmsr)}`)}</strong>
      </p>
      {!model.converged && <Banner tone="danger">{t("model_not_converged")}</Banner>}
      <dl class="small-figures">
        {figuresOf(model).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Linked model={model} />
      <Dependent pairs={model.dependent_pairs} items={items} routeTo={routeTo} />
    </section>
  );
}

function figuresOf(model: ModelFindings): [string, string][] {
  return [
    ["RMSEA₂", numberText(model.m2_rmsea, 3)],
    ["SRMSR", numberText(model.srmsr, 3)],
    [
      t("model_m2"),
      model.m2 === null
        ? "–"
        : t("model_m2_value", {
            m2: numberText(model.m2, 1),
            df: model.m2_df ?? "–",
            p: probabilityText(model.m2_p),
          }),
    ],
    [t("model_loglik"), numberText(model.loglik, 1)],
    [t("model_gradient"), powerText(model.gradient_norm)],
  ];
}

function Linked({ model }: { model: ModelFindings }) {
  if (model.linked_to === null) return <p class="soft prose">{t("scale_own")}</p>;
  return (
    <p class="prose">
      {t("scale_linked", {
        run: model.linked_to,
        slope: withError(model.link_slope, model.link_slope_se),
        intercept: withError(model.link_intercept, model.link_intercept_se),
      })}
    </p>
  );
}

interface DependentProps {
  pairs: readonly ItemPair[];
  items: readonly ItemLine[];
  routeTo: (item: ItemLine) => Route;
}

/** Items that hang together beyond ability: both, and how much. */
function Dependent({ pairs, items, routeTo }: DependentProps) {
  if (pairs.length === 0) return null;
  const named = (id: number) => items.find((line) => line.item === id);
  return (
    <div>
      <h3>{t("dependent_pairs")}</h3>
      <p class="soft prose">{t("dependent_means")}</p>
      <ul class="pairs">
        {pairs.map((pair) => (
          <li key={`${pair.first}-${pair.second}`}>
            {[pair.first, pair.second].map((id, place) => {
              const line = named(id);
              return (
                <span key={id}>
                  {place === 1 && " – "}
                  {line ? <Link to={routeTo(line)}>{shortPlace(line)}</Link> : id}
                </span>
              );
            })}
            <span class="soft">{` (${numberText(pair.q3)})`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
