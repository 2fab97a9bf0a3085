import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { formatDateTime } from "../base/formats";
import { Icon } from "../base/Icon";
import { t } from "../base/texts";
import { locate } from "../core/order";
import { type Session, uncounted } from "../core/session";
import type { CandidateCard, FormOrder, Receipt as ReceiptData } from "../protocol/messages";
import { Frame, Heading } from "./Frame";

const TITLES = {
  candidate: "receipt_title",
  server: "receipt_title_server",
  invigilator: "receipt_title_invigilator",
} as const;

/** As parts are numbered on the printed paper. */
const ROMAN = ["I", "II", "III", "IV", "V", "VI"];

interface ReceiptProps {
  session: Session;
  receipt: ReceiptData;
  onDone: () => void;
}

/** Proof that the script is in. */
export function Receipt({ session, receipt, onDone }: ReceiptProps) {
  return (
    <Frame>
      <section class="card receipt">
        <div class="receipt-head">
          <span class="receipt-mark">
            <Icon name="check" />
          </span>
          <div>
            <Heading>{t(TITLES[receipt.by])}</Heading>
            <p>{t("receipt_text")}</p>
          </div>
        </div>
        {session.reason && receipt.by !== "candidate" && <p>{t("reason", { reason: session.reason })}</p>}
        <div class="receipt-code">
          <p class="soft">{t("receipt_code")}</p>
          <p class="code">{receipt.code}</p>
        </div>
        <Facts card={session.candidate} receipt={receipt} />
        <Uncounted session={session} receipt={receipt} />
        <p class="soft">{t("receipt_code_hint")}</p>
        <div class="actions no-print">
          <Button icon="print" onClick={() => window.print()}>
            {t("receipt_print")}
          </Button>
          <Button kind="primary" icon="exit" onClick={onDone}>
            {t("receipt_done")}
          </Button>
        </div>
      </section>
    </Frame>
  );
}

/** Which answers came too late; that the others are in. */
function Uncounted({ session, receipt }: { session: Session; receipt: ReceiptData }) {
  const items = uncounted(session);
  if (items.length === 0) return null;
  const questions = items.map((item) => nameOf(session.order, item)).join("; ");
  return (
    <Banner tone="waiting" live="polite">
      <p>{t(receipt.by === "server" ? "receipt_late" : "receipt_collected", { questions })}</p>
      <p>{t("receipt_kept")}</p>
    </Banner>
  );
}

/** "Câu 3, phần II": the paper itself may no longer be open. */
function nameOf(order: FormOrder | null, item: number): string {
  const place = order === null ? null : locate(order, item);
  if (order === null || place === null) return t("question", { number: item });
  if (order.parts.length === 1) return t("question", { number: place.number });
  const part = t("part", { number: ROMAN[place.part - 1] ?? place.part });
  return t("question_in_part", { number: place.number, part });
}

function Facts({ card, receipt }: { card: CandidateCard | null; receipt: ReceiptData }) {
  const rows = [
    [t("card_name"), card?.name],
    [t("card_number"), card?.number],
    [t("card_exam"), card?.exam],
    [t("card_subject"), card?.subject],
    [t("receipt_time"), formatDateTime(receipt.submitted_ms)],
    [t("receipt_answered"), t("receipt_answered_of", { answered: receipt.answered, items: receipt.items })],
  ].filter((row): row is [string, string] => Boolean(row[1]));
  return (
    <dl class="facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
