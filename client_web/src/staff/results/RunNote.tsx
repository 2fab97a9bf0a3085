import { Banner } from "../../base/Banner";
import { formatDateTime } from "../../base/formats";
import type { ScoringRun } from "../../protocol/messages";
import { Link } from "../router";
import { t } from "../texts";

/** Which scoring run one is looking at, and whether its scores count. */
export function RunNote({ exam, run }: { exam: number; run: ScoringRun }) {
  const link = (
    <Link to={{ page: "run", exam, run: run.id }} class="no-print">
      {t("run_about")}
    </Link>
  );
  if (run.state === "signed") {
    return (
      <p class="run-note soft">
        {t("run_counts", {
          number: run.number,
          name: run.signed_by ?? "",
          time: formatDateTime(run.signed_at ?? run.requested_at),
        })}{" "}
        {link}
      </p>
    );
  }
  return (
    <Banner tone="waiting">
      <p>{t(run.state === "superseded" ? "run_superseded" : "run_not_signed", { number: run.number })}</p>
      {link}
    </Banner>
  );
}
