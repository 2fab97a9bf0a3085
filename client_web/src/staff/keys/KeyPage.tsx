import { useState } from "preact/hooks";
import type { KeyPreview, StaffSession } from "../../protocol/messages";
import { listKeyChanges, previewKey } from "../api";
import { liveKey } from "../core/keys";
import { takesEffect } from "../core/runs";
import { DataTable } from "../DataTable";
import { Heading } from "../Heading";
import { itemTitle } from "../ItemCard";
import { Loaded, useLoad } from "../Loading";
import { decimalText } from "../measurement/numbers";
import { Pager } from "../Pager";
import { DifferenceBars, differenceText } from "../plots/DifferenceBars";
import { pointsText } from "../points";
import { AsSeen } from "../results/AsSeen";
import { useRuns } from "../results/useRuns";
import { counted, t } from "../texts";
import { KeyDecisions } from "./KeyDecisions";
import { KeyFacts } from "./KeyFacts";
import { KeyMark } from "./KeyMark";

interface KeyPageProps {
  exam: number;
  change: number;
  session: StaffSession;
}

/** One correction: what it does to whom, and the decision about it. */
export function KeyPage({ exam, change, session }: KeyPageProps) {
  const [page, setPage] = useState(1);
  const load = useLoad((signal) => previewKey(change, page, signal), [change, page]);
  const found = load.value;
  const state = found?.change.state;
  const keys = useLoad((signal) => listKeyChanges(exam, signal), [exam, state]);
  const runs = useRuns(exam).value;
  return (
    <>
      <Heading
        title={found ? t("key_title", { item: itemTitle(found.change) }) : t("keys")}
        up={{ to: { page: "keys", exam }, label: t("keys") }}
        note={found && <KeyMark change={found.change} />}
      />
      <Loaded load={load}>
        {(preview) => (
          <>
            <div class="pair">
              <div class="stack">
                <KeyFacts change={preview.change} />
                {runs && (
                  <KeyDecisions
                    exam={exam}
                    effect={takesEffect(runs)}
                    preview={preview}
                    session={session}
                    onDecided={load.again}
                  />
                )}
              </div>
              <Loaded load={keys}>
                {({ live }) => (
                  <AsSeen
                    item={preview.change.item}
                    counts={(own) => liveKey(live, preview.change.item, own)}
                  />
                )}
              </Loaded>
            </div>
            <Effect preview={preview} />
            {preview.total > 0 && <Rows preview={preview} page={page} onPage={setPage} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function Effect({ preview }: { preview: KeyPreview }) {
  return (
    <section class="panel" aria-labelledby="effect">
      <h2 id="effect">{t("key_effect")}</h2>
      <div class="pair">
        <dl class="effect">
          <Tally name={t("key_gains")} count={preview.gains} sign="▲" />
          <Tally name={t("key_loses")} count={preview.loses} sign="▼" />
          <Tally name={t("key_same")} count={preview.same} sign="=" />
          {preview.mean_before !== null && preview.mean_after !== null && (
            <div class="tally">
              <dt>{t("key_mean")}</dt>
              <dd>{`${decimalText(preview.mean_before)} → ${decimalText(preview.mean_after)}`}</dd>
            </div>
          )}
        </dl>
        <DifferenceBars differences={preview.differences} />
      </div>
    </section>
  );
}

function Tally({ name, count, sign }: { name: string; count: number; sign: string }) {
  return (
    <div class="tally">
      <dt>
        <span aria-hidden="true">{sign}</span> {name}
      </dt>
      <dd>{counted("persons", count)}</dd>
    </div>
  );
}

interface RowsProps {
  preview: KeyPreview;
  page: number;
  onPage: (page: number) => void;
}

function Rows({ preview, page, onPage }: RowsProps) {
  return (
    <section class="block" aria-labelledby="key-rows">
      <h2 id="key-rows">{t("key_rows")}</h2>
      <Pager page={page} size={preview.page_size} total={preview.total} onPage={onPage} />
      <DataTable
        caption={t("key_rows")}
        columns={[
          { name: "number", label: t("column_candidate_number") },
          { name: "name", label: t("column_name") },
          { name: "class", label: t("column_class") },
          { name: "before", label: t("column_before"), number: true },
          { name: "after", label: t("column_after"), number: true },
          { name: "difference", label: t("column_difference"), number: true },
        ]}
      >
        {preview.rows.map((row) => (
          <tr key={row.sitting}>
            <td class="tabular">{row.number}</td>
            <td>{row.name}</td>
            <td>{row.class_name}</td>
            <td class="number">{pointsText(row.before)}</td>
            <td class="number">{pointsText(row.after)}</td>
            <td class="number strong">{differenceText(row.difference)}</td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
