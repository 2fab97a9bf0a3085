import { Button } from "../../base/Button";
import { listExams } from "../api";
import { DataTable } from "../DataTable";
import { Empty, Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { go, Link } from "../router";
import { t } from "../texts";

/** All exams. */
export function ExamsPage() {
  const load = useLoad(listExams, []);
  return (
    <>
      <Heading title={t("nav_exams")}>
        <Button kind="primary" icon="plus" onClick={() => go({ page: "new_exam", bank: null, source: null })}>
          {t("exam_create")}
        </Button>
      </Heading>
      <Loaded load={load}>
        {({ exams }) =>
          exams.length === 0 ? (
            <Empty title={t("exams_empty")}>
              <p>{t("exams_empty_begin")}</p>
            </Empty>
          ) : (
            <DataTable
              caption={t("nav_exams")}
              columns={[
                { name: "title", label: t("column_exam") },
                { name: "subject", label: t("column_subject") },
                { name: "items", label: t("column_items"), number: true },
                { name: "minutes", label: t("column_minutes"), number: true },
                { name: "shifts", label: t("column_shifts"), number: true },
                { name: "candidates", label: t("column_candidates"), number: true },
              ]}
            >
              {exams.map((exam) => (
                <tr key={exam.id}>
                  <td>
                    <Link to={{ page: "exam", exam: exam.id }} class="row-link">
                      {exam.title}
                    </Link>
                  </td>
                  <td>{exam.subject}</td>
                  <td class="number">{exam.items}</td>
                  <td class="number">{exam.minutes}</td>
                  <td class="number">{exam.shifts}</td>
                  <td class="number">{exam.candidates}</td>
                </tr>
              ))}
            </DataTable>
          )
        }
      </Loaded>
    </>
  );
}
