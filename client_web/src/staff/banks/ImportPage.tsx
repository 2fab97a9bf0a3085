import { useState } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { Button } from "../../base/Button";
import type { ImportReview } from "../../protocol/messages";
import { importItems, listBanks } from "../api";
import { reviewOrder, standingOf, standings } from "../core/review";
import { FilePick } from "../FilePick";
import { Heading } from "../Heading";
import { itemTitle, ReviewCard } from "../ItemCard";
import { type Act, ActError, useAct, useLoad } from "../Loading";
import { go } from "../router";
import { counted, t, warningText } from "../texts";

interface UnderReview {
  file: File;
  review: ImportReview;
}

/** A Word file on its way into a bank: chosen, reviewed, stored. */
export function ImportPage({ bank, mayCreateExam }: { bank: number; mayCreateExam: boolean }) {
  const banks = useLoad(listBanks, []);
  const act = useAct();
  const [file, setFile] = useState<File | null>(null);
  const [read, setRead] = useState<UnderReview | null>(null);
  const name = banks.value?.banks.find((each) => each.id === bank)?.name ?? t("bank");
  const pick = (chosen: File) => {
    setFile(chosen);
    setRead(null);
    void act.run(async () => setRead({ file: chosen, review: await importItems(bank, chosen, true) }));
  };
  const store = (chosen: File) =>
    void act.run(async () => setRead({ file: chosen, review: await importItems(bank, chosen, false) }));
  const restart = () => {
    act.clear();
    setRead(null);
  };
  return (
    <>
      <Heading title={t("import_word")} up={{ to: { page: "bank", bank }, label: name }} />
      <ActError act={act} />
      {act.busy && file && <Progress name={file.name} storing={read !== null} />}
      {read === null && !act.busy && (
        <>
          <FilePick
            label={t("import_pick")}
            hint={t("import_pick_hint")}
            accept=".docx"
            disabled={act.busy}
            onPick={pick}
          />
          <p class="soft prose">{t("import_how")}</p>
        </>
      )}
      {read?.review.stored && (
        <Stored bank={bank} read={read} mayCreateExam={mayCreateExam} onMore={restart} />
      )}
      {read && !read.review.stored && (
        <Review read={read} act={act} onStore={() => store(read.file)} onOther={restart} />
      )}
    </>
  );
}

function Progress({ name, storing }: { name: string; storing: boolean }) {
  return (
    <div class="progress" role="status">
      <progress aria-label={t("loading")} />
      <p>{storing ? t("import_storing", { file: name }) : t("import_reading", { file: name })}</p>
    </div>
  );
}

interface ReviewProps {
  read: UnderReview;
  act: Act;
  onStore: () => void;
  onOther: () => void;
}

function Review({ read, act, onStore, onOther }: ReviewProps) {
  const { items, title, warnings, pictures } = read.review;
  const counts = standings(items);
  const doubtful = counts.no_key + counts.doubtful;
  return (
    <>
      <section class="review-summary" aria-label={t("review")}>
        <h2>{title || read.file.name}</h2>
        <p>
          {t("review_read", { file: read.file.name })} {counted("items", items.length)}.
        </p>
        <ul class="standings">
          <li class="mark mark-danger">{t("review_no_key", { count: counts.no_key })}</li>
          <li class="mark mark-waiting">{t("review_doubtful", { count: counts.doubtful })}</li>
          <li class="mark mark-saved">{t("review_clean", { count: counts.clean })}</li>
        </ul>
        {warnings.map((code) => (
          <Banner key={code} tone="waiting">
            {warningText(code)}
          </Banner>
        ))}
        <p class="prose">{doubtful > 0 ? t("review_what_to_do") : t("review_all_clean")}</p>
        <div class="acts">
          <Button kind="primary" disabled={act.busy || items.length === 0} onClick={onStore}>
            {t("import_store", { items: counted("items", items.length) })}
          </Button>
          <Button onClick={onOther} disabled={act.busy}>
            {t("import_other")}
          </Button>
        </div>
      </section>
      <ReviewIndex read={read} />
      <div class="review-list">
        {reviewOrder(items).map((item) => {
          const place = items.indexOf(item);
          return (
            <div key={place} id={`item-${place}`} class={`review-item review-${standingOf(item)}`}>
              <ReviewCard item={item} name={`review-${place}`} pictures={(sha256) => pictures[sha256]} />
            </div>
          );
        })}
      </div>
    </>
  );
}

/** Jumps to the items that need a look, in the order below. */
function ReviewIndex({ read }: { read: UnderReview }) {
  const { items } = read.review;
  const doubtful = reviewOrder(items).filter((item) => standingOf(item) !== "clean");
  if (doubtful.length === 0) return null;
  return (
    <nav class="review-index" aria-label={t("review_index")}>
      <span class="strong">{t("review_index")}</span>
      {doubtful.map((item) => (
        <a key={items.indexOf(item)} href={`#item-${items.indexOf(item)}`}>
          {itemTitle(item)}
        </a>
      ))}
    </nav>
  );
}

interface StoredProps {
  bank: number;
  read: UnderReview;
  mayCreateExam: boolean;
  onMore: () => void;
}

function Stored({ bank, read, mayCreateExam, onMore }: StoredProps) {
  return (
    <>
      <Banner tone="saved" live="polite">
        <p class="strong">{t("import_stored", { items: counted("items", read.review.items.length) })}</p>
        <p>{t("import_stored_next")}</p>
      </Banner>
      <div class="acts">
        {mayCreateExam && (
          <Button
            kind="primary"
            icon="paper"
            onClick={() => go({ page: "new_exam", bank, source: read.file.name })}
          >
            {t("exam_from_this")}
          </Button>
        )}
        <Button onClick={() => go({ page: "bank", bank })}>{t("bank_open")}</Button>
        <Button onClick={onMore}>{t("import_more")}</Button>
      </div>
    </>
  );
}
