import { t } from "../texts";

/** The numbers of a plot as a table, one press away. The first column is text, the others are numbers. */
export function DataBehind({
  heads,
  rows,
}: {
  heads: readonly string[];
  rows: readonly (readonly string[])[];
}) {
  return (
    <details class="behind">
      <summary>{t("table_behind")}</summary>
      <table class="data small">
        <thead>
          <tr>
            {heads.map((head, place) => (
              <th key={head} scope="col" class={place === 0 ? "" : "number"}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.join("|")}>
              {heads.map((head, place) => (
                <td key={head} class={place === 0 ? "" : "number"}>
                  {row[place]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
