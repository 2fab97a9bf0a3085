import { formatDate } from "../../base/formats";
import type { ItemUse } from "../../protocol/messages";
import { DataTable } from "../DataTable";
import { HistoryPlot } from "../plots/HistoryPlot";
import { coded, t } from "../texts";
import { numberText, shareText, withError } from "./numbers";

/** Every time this version of the item was used and signed for. */
export function ItemHistory({ uses }: { uses: readonly ItemUse[] }) {
  return (
    <section class="panel" aria-labelledby="history">
      <h2 id="history">{t("history")}</h2>
      {uses.length === 0 ? (
        <p class="soft">{t("history_none")}</p>
      ) : (
        <>
          <HistoryPlot uses={uses} />
          <Uses uses={uses} />
        </>
      )}
    </section>
  );
}

function Uses({ uses }: { uses: readonly ItemUse[] }) {
  return (
    <DataTable
      caption={t("history")}
      columns={[
        { name: "at", label: t("column_day") },
        { name: "exam", label: t("column_exam") },
        { name: "n", label: t("column_candidates"), number: true },
        { name: "difficulty", label: t("mean_share"), number: true },
        { name: "discrimination", label: t("column_discrimination"), number: true },
        { name: "b", label: t("item_column_b"), number: true },
        { name: "a", label: t("item_column_a"), number: true },
      ]}
    >
      {uses.map((use) => (
        <tr key={use.run}>
          <td class="nowrap">{formatDate(use.at)}</td>
          <td>
            {use.exam}
            {use.model && <span class="soft">{` (${coded("model_short", use.model)})`}</span>}
          </td>
          <td class="number">{use.n}</td>
          <td class="number">{shareText(use.difficulty)}</td>
          <td class="number">{numberText(use.discrimination)}</td>
          <td class="number nowrap">{withError(use.b, use.b_se)}</td>
          <td class="number nowrap">{withError(use.a, use.a_se)}</td>
        </tr>
      ))}
    </DataTable>
  );
}
