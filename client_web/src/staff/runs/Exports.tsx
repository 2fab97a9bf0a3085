import { useState } from "preact/hooks";
import { Icon } from "../../base/Icon";
import { GRADEBOOK_COLUMNS, type GradebookColumn, gradebookFile } from "../api";
import { FileLink } from "../measurement/FileLink";
import { t } from "../texts";

/** What one takes away from a run: score sheet, reports, tables. */
export function Exports({ run }: { run: number }) {
  return (
    <section class="exports" aria-label={t("exports")}>
      <Gradebook run={run} />
      <FileLink run={run} file="candidates.html" label={t("export_candidates")} />
      <FileLink run={run} file="school.html" label={t("export_school")} />
      <FileLink run={run} file="scores.csv" label={t("export_scores")} />
      <FileLink run={run} file="run.json" label={t("export_everything")} />
    </section>
  );
}

function Gradebook({ run }: { run: number }) {
  const [column, setColumn] = useState<GradebookColumn>("gk");
  return (
    <>
      <select
        class="input"
        aria-label={t("gradebook_column")}
        value={column}
        onChange={(event) => setColumn(event.currentTarget.value as GradebookColumn)}
      >
        {GRADEBOOK_COLUMNS.map((each) => (
          <option key={each} value={each}>
            {t(`gradebook_${each}`)}
          </option>
        ))}
      </select>
      <a class="button button-plain button-small" href={gradebookFile(run, column)} download>
        <Icon name="download" /> {t("export_gradebook")}
      </a>
    </>
  );
}
