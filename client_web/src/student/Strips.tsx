import { Button } from "../base/Button";
import { formatTime } from "../base/formats";
import { Icon } from "../base/Icon";
import { store, useStore } from "../base/store";
import { t } from "../base/texts";
import type { PaperPart } from "../core/order";
import type { QuestionState } from "../core/progress";
import type { Refusal, Session } from "../core/session";
import type { Notice } from "../protocol/messages";
import { useLasting } from "./clock_hooks";
import type { Sitting } from "./connection";
import { QueueWords } from "./Queue";

/** A line that is back sooner, perhaps by another way, was not worth a word. */
const QUIET_MS = 1_500;

interface StripsProps {
  session: Session;
  sitting: Sitting;
  states: readonly QuestionState[];
  parts: readonly PaperPart[];
  locked: boolean;
}

/** What was read stays read when the paper is hidden and shown again; the next candidate has read nothing. */
const readSoFar = store<ReadonlySet<Notice | Refusal>>(new Set());

function markRead(...told: (Notice | Refusal)[]): void {
  readSoFar.set(new Set([...readSoFar.get(), ...told]));
}

/** What the candidate must hear, between the bar and the paper; nothing here stands in the way. */
export function Strips({ session, sitting, states, parts, locked }: StripsProps) {
  const storing = useStore(sitting.storing);
  const stuck = session.link === "stuck";
  const offline = session.link !== "online";
  const lost = useLasting(offline && !locked && !stuck, QUIET_MS);
  return (
    <div class="strips">
      <div role="status">
        {locked && (
          <p class="strip strip-danger">
            <Icon name="clock" />
            {t(offline ? "time_over_offline" : "time_over_text")}
          </p>
        )}
        {lost && (
          <p class="strip strip-waiting">
            <Icon name="offline" />
            {session.queue === null ? (
              t("offline_strip")
            ) : (
              <QueueWords text="queue_strip" position={session.queue} />
            )}
          </p>
        )}
        {!storing && (
          <p class="strip strip-waiting">
            <Icon name="warning" />
            {t("storage_strip")}
          </p>
        )}
      </div>
      {stuck && <Stuck sitting={sitting} />}
      <Refusals refusals={session.refusals} states={states} parts={parts} />
      <LastNotice session={session} />
    </div>
  );
}

function Stuck({ sitting }: { sitting: Sitting }) {
  return (
    <div class="strip strip-danger" role="alert">
      <Icon name="stop" />
      <p>{t("stuck_strip")}</p>
      <Button small onClick={() => location.reload()}>
        {t("reload")}
      </Button>
      <Button small onClick={() => sitting.retryNow()}>
        {t("try_again")}
      </Button>
    </div>
  );
}

/** The invigilator's last message, until it is read. */
export function LastNotice({ session }: { session: Session }) {
  const read = useStore(readSoFar);
  const notice = session.notices.at(-1);
  return (
    <div role="status">
      {notice && !read.has(notice) && (
        <div class="strip strip-info">
          <Icon name="message" />
          <p>
            <strong>{t("messages")}</strong> · {formatTime(notice.at_ms)}: {notice.text}
          </p>
          <Button small onClick={() => markRead(notice)}>
            {t("message_read")}
          </Button>
        </div>
      )}
    </div>
  );
}

interface RefusalsProps {
  refusals: readonly Refusal[];
  states: readonly QuestionState[];
  parts: readonly PaperPart[];
}

function Refusals({ refusals, states, parts }: RefusalsProps) {
  const read = useStore(readSoFar);
  const unread = refusals.filter((refusal) => refusal.event.type !== "visit" && !read.has(refusal));
  return (
    <div role="alert">
      {unread.length > 0 && (
        <div class="strip strip-danger">
          <Icon name="stop" />
          <div>
            <p>{t("refused_title")}</p>
            <ul>
              {unread.map((refusal) => (
                <li key={`${refusal.event.at_ms}-${refusal.event.seq}`}>
                  {describe(refusal, states, parts)}
                </li>
              ))}
            </ul>
            <p>{t("refused_kept")}</p>
          </div>
          <Button small onClick={() => markRead(...unread)}>
            {t("understood")}
          </Button>
        </div>
      )}
    </div>
  );
}

function describe(
  { event, code }: Refusal,
  states: readonly QuestionState[],
  parts: readonly PaperPart[],
): string {
  const why = t(`refused_${code}`);
  if (event.type === "submit") return t("refused_submit", { why });
  const question = states.find((state) => state.question.item.id === event.item)?.question;
  const place =
    question === undefined
      ? String(event.item)
      : t("question_in_part", { number: question.number, part: parts[question.part]?.label ?? "" });
  return t(event.type === "flag" ? "refused_flag" : "refused_answer", { question: place, why });
}
