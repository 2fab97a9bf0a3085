import { useEffect } from "preact/hooks";
import { Button } from "../base/Button";
import { formatCountdown, formatTime } from "../base/formats";
import { Icon } from "../base/Icon";
import { useStore } from "../base/store";
import { t } from "../base/texts";
import type { Session } from "../core/session";
import type { CandidateCard } from "../protocol/messages";
import { type CheckRow, checkRows, type Verdict } from "./check";
import { useServerTime } from "./clock_hooks";
import type { Sitting } from "./connection";
import { Frame } from "./Frame";
import { QueueWords } from "./Queue";
import { LastNotice } from "./Strips";

interface WaitingProps {
  sitting: Sitting;
  onLogout: () => void;
}

/** The waiting room: who, when, and whether this PC is ready. */
export function Waiting({ sitting, onLogout }: WaitingProps) {
  const session = useStore(sitting.session);
  const form = useStore(sitting.form);
  const storing = useStore(sitting.storing);
  useMathFont();
  return (
    <Frame wide>
      <h1 class="visually-hidden">{t("waiting_title")}</h1>
      <LastNotice session={session} />
      <div class="waiting">
        <Countdown session={session} />
        <div class="waiting-columns">
          {session.candidate && (
            <Card card={session.candidate} limit_ms={session.timing?.limit_ms ?? 0} onLogout={onLogout} />
          )}
          <Check rows={checkRows(session, form.state, storing)} />
        </div>
        <Rules />
      </div>
    </Frame>
  );
}

/** The math font is fetched now, so that the first formula does not wait for it. */
function useMathFont(): void {
  useEffect(() => {
    void document.fonts.load('20px "STIX Two Math"');
  }, []);
}

function Countdown({ session }: { session: Session }) {
  const opens_ms = session.timing?.opens_ms ?? null;
  const seconds = useServerTime(session, (now_ms) =>
    opens_ms === null ? null : Math.ceil((opens_ms - now_ms) / 1000),
  );
  return (
    <section class="card countdown">
      {seconds === null ? (
        <p class="countdown-words">{t("countdown_none")}</p>
      ) : seconds <= 0 ? (
        <p class="countdown-words">{t("countdown_due")}</p>
      ) : (
        <>
          <p id="countdown-label">{t("countdown_label")}</p>
          <p class="countdown-time tabular" role="timer" aria-labelledby="countdown-label">
            {formatCountdown(seconds * 1000)}
          </p>
        </>
      )}
      <p class="soft">
        {session.queue === null ? (
          <Opening opens_ms={opens_ms} />
        ) : (
          <QueueWords text="queue_waiting" position={session.queue} />
        )}
      </p>
    </section>
  );
}

function Opening({ opens_ms }: { opens_ms: number | null }) {
  return (
    <>
      {opens_ms !== null && `${t("countdown_at", { time: formatTime(opens_ms) })} `}
      {t("countdown_open")}
    </>
  );
}

function Card({ card, limit_ms, onLogout }: { card: CandidateCard; limit_ms: number; onLogout: () => void }) {
  const rows = [
    [t("card_number"), card.number],
    [t("card_exam"), card.exam],
    [t("card_subject"), card.subject],
    [t("card_minutes"), t("minutes", { count: Math.round(limit_ms / 60_000) })],
    [t("card_shift"), card.shift],
    [t("card_room"), card.room],
    [t("card_seat"), card.seat],
  ].filter((row): row is [string, string] => Boolean(row[1]));
  return (
    <section class="card you">
      <h2>{t("waiting_you")}</h2>
      <p class="you-name">{card.name}</p>
      <dl class="facts">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button small icon="exit" onClick={onLogout}>
        {t("waiting_not_me")}
      </Button>
    </section>
  );
}

const VERDICT_ICONS = { ok: "check", wait: "clock", attention: "warning" } as const satisfies Record<
  Verdict,
  string
>;

function Check({ rows }: { rows: readonly CheckRow[] }) {
  const fine = rows.every((row) => row.verdict === "ok");
  return (
    <section class="card check">
      <h2>{t("check_title")}</h2>
      <ul>
        {rows.map((row) => (
          <li key={row.name} class={`check-row check-${row.verdict}`}>
            <Icon name={VERDICT_ICONS[row.verdict]} />
            <span class="check-name">{row.name}</span>
            <span>{row.text}</span>
          </li>
        ))}
      </ul>
      <p class="check-fine" role="status">
        {fine ? t("check_fine") : ""}
      </p>
    </section>
  );
}

function Rules() {
  return (
    <section class="rules">
      <h2>{t("rules_title")}</h2>
      <ul>
        <li>{t("rule_saved")}</li>
        <li>{t("rule_offline")}</li>
        <li>{t("rule_change")}</li>
      </ul>
    </section>
  );
}
