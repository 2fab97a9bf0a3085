import { useState } from "preact/hooks";
import { Field } from "../../base/Field";
import { listKeyChanges, readExam, readItem } from "../api";
import { liveKey } from "../core/keys";
import { readable } from "../core/readable";
import { Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { shortPlace } from "../parts";
import { coded, t } from "../texts";
import { KeyForm } from "./KeyForm";

/** Proposes a correction: which item, what its key should be, why. */
export function NewKeyPage({ exam, item }: { exam: number; item: number | null }) {
  const load = useLoad((signal) => readExam(exam, signal), [exam]);
  const [chosen, setChosen] = useState(item);
  return (
    <>
      <Heading
        title={t("key_propose")}
        up={{ to: { page: "keys", exam }, label: t("keys") }}
        note={load.value?.title}
      />
      <Loaded load={load}>
        {(detail) => (
          <div class="form form-wide">
            <Field label={t("item")}>
              {(control) => (
                <select
                  {...control}
                  class="input"
                  value={chosen ?? ""}
                  onChange={(event) => setChosen(Number(event.currentTarget.value) || null)}
                >
                  <option value="">{t("key_choose_item")}</option>
                  {detail.paper.map((each) => (
                    <option key={each.id} value={each.id}>
                      {`${shortPlace(each)} – ${readable(each.text) || coded("kind", each.kind)}`}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {chosen !== null && <Chosen key={chosen} exam={exam} item={chosen} />}
          </div>
        )}
      </Loaded>
    </>
  );
}

function Chosen({ exam, item }: { exam: number; item: number }) {
  const load = useLoad(
    (signal) => Promise.all([readItem(item, signal), listKeyChanges(exam, signal)]),
    [item],
  );
  return (
    <Loaded load={load}>
      {([detail, { live }]) => (
        <KeyForm exam={exam} item={{ ...detail, key: liveKey(live, item, detail.key) }} />
      )}
    </Loaded>
  );
}
