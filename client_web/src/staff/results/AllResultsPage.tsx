import { listExams } from "../api";
import { DataTable } from "../DataTable";
import { Empty, Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { Link } from "../router";
import { t } from "../texts";

/** The exams whose results one may see. */
export function AllResultsPage() {
  const load = useLoad(listExams, []);
  return (
    <>
      <Heading title={t("nav_results")} />
      <Loaded load={load}>
        {({ exams }) =>
          exams.length === 0 ? (
            <Empty title={t("results_empty")}>
              <p>{t("results_empty_begin")}</p>
            </Empty>
          ) : (
            <DataTable
              caption={t("nav_results")}
              columns={[
                { name: "title", label: t("column_exam") },
                { name: "subject", label: t("column_subject") },
                { name: "candidates", label: t("column_candidates"), number: true },
              ]}
            >
              {exams.map((exam) => (
                <tr key={exam.id}>
                  <td>
                    <Link to={{ page: "results", exam: exam.id, tab: "class" }} class="row-link">
                      {exam.title}
                    </Link>
                  </td>
                  <td>{exam.subject}</td>
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
