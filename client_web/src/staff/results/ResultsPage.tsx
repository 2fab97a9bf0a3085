import { Button } from "../../base/Button";
import { Icon } from "../../base/Icon";
import type { Results } from "../../protocol/messages";
import { readResults, resultsFile } from "../api";
import type { ResultsTab } from "../core/route";
import { Empty, Heading } from "../Heading";
import { Loaded, useLoad } from "../Loading";
import { Link } from "../router";
import { t } from "../texts";
import { ClassTable } from "./ClassTable";
import { ItemsTab } from "./ItemsTab";
import { Summary } from "./Summary";

/** An exam's results: the summary above, the class or the items below. */
export function ResultsPage({ exam, tab }: { exam: number; tab: ResultsTab }) {
  const load = useLoad((signal) => readResults(exam, signal), [exam]);
  const results = load.value;
  return (
    <>
      <Heading
        title={results?.exam ?? t("nav_results")}
        up={{ to: { page: "all_results" }, label: t("nav_results") }}
        note={results?.subject}
      >
        <Button icon="print" onClick={() => print()}>
          {t("print")}
        </Button>
        <a class="button button-plain" href={resultsFile(exam)} download>
          <Icon name="download" /> {t("download_csv")}
        </a>
      </Heading>
      <Loaded load={load}>{(found) => <Found exam={exam} tab={tab} results={found} />}</Loaded>
    </>
  );
}

function Found({ exam, tab, results }: { exam: number; tab: ResultsTab; results: Results }) {
  if (results.scripts.length === 0) {
    return (
      <Empty title={t("scripts_empty")}>
        <p>{t("scripts_empty_begin")}</p>
      </Empty>
    );
  }
  return (
    <>
      <Summary results={results} />
      {results.n === 0 ? <ClassTable results={results} /> : <Views exam={exam} tab={tab} results={results} />}
    </>
  );
}

function Views({ exam, tab, results }: { exam: number; tab: ResultsTab; results: Results }) {
  return (
    <>
      <nav class="tabs no-print" aria-label={t("results_views")}>
        <Link to={{ page: "results", exam, tab: "class" }} class="tab" current={tab === "class"}>
          {t("results_class")}
        </Link>
        <Link to={{ page: "results", exam, tab: "items" }} class="tab" current={tab === "items"}>
          {t("results_items")}
        </Link>
      </nav>
      {tab === "class" ? <ClassTable results={results} /> : <ItemsTab exam={exam} results={results} />}
    </>
  );
}
