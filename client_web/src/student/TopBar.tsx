import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../base/Button";
import { formatCountdown } from "../base/formats";
import { Icon } from "../base/Icon";
import { useStore } from "../base/store";
import { t } from "../base/texts";
import { passedMark, urgency } from "../core/countdown";
import type { Progress } from "../core/progress";
import type { Session } from "../core/session";
import type { Form } from "../protocol/messages";
import { useLasting, useSecondsLeft } from "./clock_hooks";
import type { Sitting } from "./connection";
import type { Panel } from "./Paper";
import { changeSettings, settings } from "./settings";

/** A save that takes no longer than this is not worth a change of colour. */
const QUIET_MS = 500;

interface TopBarProps {
  sitting: Sitting;
  session: Session;
  form: Form;
  progress: Progress;
  onPanel: (panel: Panel) => void;
}

/** Who and what left, time in the middle, saved and connection right. */
export function TopBar({ sitting, session, form, progress, onPanel }: TopBarProps) {
  const card = session.candidate;
  return (
    <header class="topbar">
      <div class="topbar-who">
        <p class="topbar-exam">{card?.exam ?? form.title}</p>
        {card && (
          <p class="topbar-candidate">{t("candidate_line", { name: card.name, number: card.number })}</p>
        )}
      </div>
      <Timer session={session} />
      <div class="topbar-state">
        <SavedChip progress={progress} />
        <LinkChip sitting={sitting} online={session.link === "online"} />
        {session.notices.length > 0 && (
          <Button small kind="quiet" icon="message" title={t("messages")} onClick={() => onPanel("messages")}>
            <span aria-hidden="true">{session.notices.length}</span>
            <span class="visually-hidden">{t("messages_count", { count: session.notices.length })}</span>
          </Button>
        )}
        <Button small icon="text" onClick={() => onPanel("display")}>
          <span class="topbar-word">{t("display")}</span>
        </Button>
      </div>
    </header>
  );
}

function Timer({ session }: { session: Session }) {
  const { hideTime } = useStore(settings);
  const seconds = useSecondsLeft(session);
  const spoken = useSpoken(seconds);
  if (seconds === null) return <div class="timer" />;
  const tone = urgency(seconds * 1000);
  const hidden = hideTime && tone === "calm";
  return (
    <div class={`timer timer-${tone}`}>
      <Icon name="clock" />
      <p class="timer-time tabular" role="timer" aria-label={t("time_left")}>
        {tone === "over" ? t("time_over") : hidden ? t("time_hidden") : formatCountdown(seconds * 1000)}
      </p>
      {tone === "calm" && (
        <Button
          small
          kind="quiet"
          icon={hidden ? "eye" : "eyeOff"}
          aria-label={t(hidden ? "time_show" : "time_hide")}
          title={t(hidden ? "time_show" : "time_hide")}
          onClick={() => changeSettings({ hideTime: !hidden })}
        />
      )}
      <p class="visually-hidden" role="status">
        {spoken}
      </p>
    </div>
  );
}

/** What screen readers say of the time: once at each mark. */
function useSpoken(seconds: number | null): string {
  const before = useRef(seconds);
  const [mark, setMark] = useState<number | null>(null);
  useEffect(() => {
    if (seconds !== null && before.current !== null) {
      const passed = passedMark(before.current * 1000, seconds * 1000);
      if (passed !== null) setMark(passed);
    }
    before.current = seconds;
  }, [seconds]);
  if (seconds === 0) return t("time_over");
  return mark === null ? "" : t("time_mark", { count: mark });
}

function SavedChip({ progress }: { progress: Progress }) {
  const waiting = useLasting(progress.waiting > 0, QUIET_MS);
  const { saved, answered } = progress;
  return (
    <p class={waiting ? "chip chip-waiting" : "chip chip-saved"} title={t("saved_title")}>
      <Icon name={waiting ? "clock" : "check"} />
      <span class="tabular">{t("saved", { saved, answered })}</span>
    </p>
  );
}

function LinkChip({ sitting, online }: { sitting: Sitting; online: boolean }) {
  const line = useStore(sitting.line);
  const text = t(online ? "link_online" : "link_offline");
  const detail = online ? t(line === "post" ? "link_backup" : "link_main") : undefined;
  return (
    <p class={online ? "chip chip-link" : "chip chip-waiting"} title={detail}>
      <Icon name={online ? "online" : "offline"} />
      <span>{text}</span>
    </p>
  );
}
