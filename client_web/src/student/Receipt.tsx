import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { formatDateTime } from "../base/formats";
import { Icon } from "../base/Icon";
import { t } from "../base/texts";
import type { Session } from "../core/session";
import type { CandidateCard, Receipt as ReceiptData } from "../protocol/messages";
import { Frame, Heading } from "./Frame";

const TITLES = {
  candidate: "receipt_title",
  server: "receipt_title_server",
  invigilator: "receipt_title_invigilator",
} as const;

interface ReceiptProps {
  session: Session;
  receipt: ReceiptData;
  onDone: () => void;
}

/** Proof that the script is in. */
export function Receipt({ session, receipt, onDone }: ReceiptProps) {
  const lost = [...session.held.pending, ...session.refusals.map((refusal) => refusal.event)];
  const unsent = lost.filter((event) => event.type === "answer" || event.type === "flag").length;
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
        {unsent > 0 && <Banner tone="waiting">{t("receipt_unsent", { count: unsent })}</Banner>}
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
