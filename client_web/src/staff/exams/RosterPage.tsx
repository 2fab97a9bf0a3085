import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import { TextField } from "../../base/Field";
import { formatDateTime } from "../../base/formats";
import type { CandidateRow, ExamDetail, RosterReview } from "../../protocol/messages";
import { importRoster, listCandidates, readExam } from "../api";
import { matching } from "../core/review";
import { FilePick } from "../FilePick";
import { Empty, Heading } from "../Heading";
import { type Act, ActError, Loaded, useAct, useLoad } from "../Loading";
import { t } from "../texts";
import { CandidateTable } from "./CandidateTable";
import { PinList } from "./PinList";

interface UnderReview {
  file: File;
  review: RosterReview;
}

/** The candidates of a shift, and the list they come from. */
export function RosterPage({ exam, shift }: { exam: number; shift: number }) {
  const detail = useLoad((signal) => readExam(exam, signal), [exam]);
  const candidates = useLoad((signal) => listCandidates(shift, signal), [shift]);
  const act = useAct();
  const [read, setRead] = useState<UnderReview | null>(null);
  const send = (file: File, dryRun: boolean) =>
    void act.run(async () => {
      setRead({ file, review: await importRoster(shift, file, dryRun) });
      if (!dryRun) candidates.again();
    });
  return (
    <>
      <Heading
        title={t("candidates")}
        up={{ to: { page: "exam", exam }, label: detail.value?.title ?? t("column_exam") }}
        note={detail.value && shiftNote(detail.value, shift)}
      />
      <ActError act={act} />
      {act.busy && (
        <div class="progress" role="status">
          <progress aria-label={t("loading")} />
          <p>{t("roster_reading")}</p>
        </div>
      )}
      {read?.review.stored && detail.value && (
        <PinList candidates={read.review.candidates} exam={detail.value} shift={shift} />
      )}
      {read === null && <Pick busy={act.busy} onPick={(file) => send(file, true)} />}
      {read && !read.review.stored && (
        <Review
          read={read}
          act={act}
          mayStore={detail.value !== undefined}
          onStore={() => send(read.file, false)}
          onPick={(file) => send(file, true)}
        />
      )}
      {read === null && (
        <Loaded load={candidates}>{({ candidates: rows }) => <Present rows={rows} />}</Loaded>
      )}
    </>
  );
}

interface PickProps {
  busy: boolean;
  again?: boolean;
  onPick: (file: File) => void;
}

function Pick({ busy, again = false, onPick }: PickProps) {
  return (
    <FilePick
      label={again ? t("roster_pick_again") : t("roster_pick")}
      hint={t("roster_pick_hint")}
      accept=".xlsx,.csv,.txt"
      disabled={busy}
      onPick={onPick}
    />
  );
}

function shiftNote(detail: ExamDetail, shift: number): string | undefined {
  const row = detail.shifts.find((each) => each.id === shift);
  return row && [row.name, row.room, formatDateTime(row.opens_at)].join(" · ");
}

function Present({ rows }: { rows: readonly CandidateRow[] }) {
  const [typed, setTyped] = useState("");
  if (rows.length === 0) {
    return (
      <Empty title={t("candidates_empty")}>
        <p>{t("candidates_empty_begin")}</p>
      </Empty>
    );
  }
  const found = matching(rows, typed);
  return (
    <section class="block" aria-labelledby="present">
      <div class="block-head">
        <h2 id="present">{t("candidates_present")}</h2>
      </div>
      <search class="filters">
        <TextField
          label={t("filter_candidates")}
          type="search"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </search>
      <p class="row-count" role="status">
        {t("row_count", { shown: found.length, total: rows.length })}
      </p>
      <CandidateTable rows={found} />
    </section>
  );
}

interface ReviewProps {
  read: UnderReview;
  act: Act;
  /** The cards with the PINs, which come only once, name the exam. */
  mayStore: boolean;
  onStore: () => void;
  onPick: (file: File) => void;
}

function Review({ read, act, mayStore, onStore, onPick }: ReviewProps) {
  const { candidates, problems } = read.review;
  if (problems.length > 0) return <Faulty read={read} busy={act.busy} onPick={onPick} />;
  return (
    <section class="block" aria-labelledby="roster-review">
      <div class="block-head">
        <h2 id="roster-review">{t("roster_clean", { count: candidates.length, file: read.file.name })}</h2>
        <Button kind="primary" disabled={act.busy || !mayStore || candidates.length === 0} onClick={onStore}>
          {t("roster_store", { count: candidates.length })}
        </Button>
      </div>
      <p class="prose">{t("roster_clean_next")}</p>
      <CandidateTable rows={candidates} />
      <Pick busy={act.busy} again onPick={onPick} />
    </section>
  );
}

/** What is wrong in the file, line by line, beside what could be read. */
function Faulty({ read, busy, onPick }: PickProps & { read: UnderReview }) {
  const { candidates, problems } = read.review;
  return (
    <>
      <Banner tone="danger" live="assertive">
        <p class="strong">{t("roster_faulty", { count: problems.length, file: read.file.name })}</p>
        <p>{t("roster_faulty_next")}</p>
      </Banner>
      <Pick busy={busy} again onPick={onPick} />
      <div class={candidates.length > 0 ? "beside" : undefined}>
        <section class="block" aria-labelledby="roster-problems">
          <h2 id="roster-problems">{t("roster_problems")}</h2>
          <ol class="roster-problems">
            {problems.map((problem) => (
              <li key={`${problem.line} ${problem.column} ${problem.code}`}>
                <span class="roster-place">
                  {t("roster_line", { line: problem.line })}
                  {problem.column && ` · ${problem.column}`}
                </span>
                <span>{problem.message}</span>
              </li>
            ))}
          </ol>
        </section>
        {candidates.length > 0 && (
          <section class="block" aria-labelledby="roster-readable">
            <h2 id="roster-readable">{t("roster_readable", { count: candidates.length })}</h2>
            <CandidateTable rows={candidates} />
          </section>
        )}
      </div>
    </>
  );
}
