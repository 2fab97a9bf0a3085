import { useEffect, useState } from "preact/hooks";
import { ApiError, getJson, sendJson } from "../base/api";
import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { useLanguage } from "../base/catalogue";
import { useStore } from "../base/store";
import { closeText, t } from "../base/texts";
import type { Held } from "../core/outbox";
import { CLOSE, type Session } from "../core/session";
import type { CandidateSession } from "../protocol/messages";
import { Sitting } from "./connection";
import { Message } from "./Frame";
import { Login } from "./Login";
import { QueuePlace } from "./Queue";
import { Receipt } from "./Receipt";
import { Running } from "./Running";
import { settingsFor } from "./settings";
import { memoryStorage, openStorage, type Storage } from "./storage";
import { Waiting } from "./Waiting";

type Stage =
  | { name: "loading" }
  | { name: "unreachable" }
  | { name: "login"; again: boolean }
  | { name: "sitting"; sitting: Sitting };

const memory = memoryStorage();

/** This browser's store and what it holds of the sitting. Where it can't be read, nothing is written over it. */
async function storeOf(sitting: number): Promise<[Storage, Held | undefined]> {
  try {
    const storage = await openStorage(Date.now());
    return [storage, await storage.load(sitting)];
  } catch (error) {
    console.warn("answers are not kept on this PC", error);
    return [memory, await memory.load(sitting)];
  }
}

/** The candidate's page, from login to receipt. */
export function App() {
  useLanguage();
  const [stage, setStage] = useState<Stage>({ name: "loading" });

  async function recognise() {
    setStage({ name: "loading" });
    try {
      await enter(await getJson<CandidateSession>("/api/candidate/me"));
    } catch (error) {
      const stranger = error instanceof ApiError && error.status < 500;
      setStage(stranger ? { name: "login", again: false } : { name: "unreachable" });
    }
  }

  async function enter({ sitting }: CandidateSession) {
    settingsFor(sitting);
    const [storage, held] = await storeOf(sitting);
    setStage({ name: "sitting", sitting: new Sitting(sitting, held, storage) });
  }

  async function leave(sitting: Sitting) {
    sitting.stop();
    // Without the server the cookie stays, and the next page load tries again.
    await sendJson("POST", "/api/candidate/logout").catch(() => undefined);
    setStage({ name: "login", again: false });
  }

  useEffect(() => void recognise(), []);

  switch (stage.name) {
    case "loading":
      return <Message title={t("loading")} />;
    case "unreachable":
      return <Unreachable onRetry={recognise} />;
    case "login":
      return <Login again={stage.again} onLogin={enter} />;
    case "sitting":
      return (
        <Room
          sitting={stage.sitting}
          onLeave={() => leave(stage.sitting)}
          onSignedOut={() => {
            stage.sitting.stop();
            setStage({ name: "login", again: true });
          }}
        />
      );
  }
}

const RETRY_MS = 4_000;

function Unreachable({ onRetry }: { onRetry: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onRetry, RETRY_MS * (0.5 + Math.random()));
    return () => clearTimeout(timer);
  });
  return (
    <Message title={t("connecting_title")} actions={<Button onClick={onRetry}>{t("try_again")}</Button>}>
      <Banner tone="waiting">{t("network_error")}</Banner>
    </Message>
  );
}

interface RoomProps {
  sitting: Sitting;
  onLeave: () => void;
  onSignedOut: () => void;
}

/** What the candidate sees in each state of the sitting. */
function Room({ sitting, onLeave, onSignedOut }: RoomProps) {
  const session = useStore(sitting.session);
  const signedOut = session.link === "signed_out";
  useEffect(() => {
    if (signedOut) onSignedOut();
  }, [signedOut]);
  useTitle(session.candidate?.exam);
  useNoReload(session.state === "running" && session.link !== "online" && session.link !== "stuck");
  const storing = useStore(sitting.storing);
  useHold(!storing && session.held.pending.length > 0);

  if (session.link === "superseded") return <Superseded session={session} sitting={sitting} />;
  if (session.link === "outdated") return <Outdated />;
  if (session.receipt !== null)
    return <Receipt session={session} receipt={session.receipt} onDone={onLeave} />;
  if (session.link === "stuck" && !isWriting(session)) return <Stuck session={session} sitting={sitting} />;
  switch (session.state) {
    case null:
      return session.closeCode === CLOSE.origin ? (
        <Blocked />
      ) : (
        <Connecting session={session} sitting={sitting} />
      );
    case "registered":
      return <Registered onLeave={onLeave} />;
    case "admitted":
    case "waiting":
      return <Waiting sitting={sitting} onLogout={onLeave} />;
    case "voided":
      return <Voided reason={session.reason} onLeave={onLeave} />;
    case "running":
    case "paused":
    case "submitted":
    case "closed":
      return <Running sitting={sitting} />;
  }
}

/** Whether the paper is open and not handed in: then what is to be told stands above it. */
function isWriting({ state, held }: Session): boolean {
  return state === "running" && !held.pending.some((event) => event.type === "submit");
}

function useTitle(exam: string | undefined): void {
  useEffect(() => {
    document.title = exam === undefined ? t("brand") : `${exam} – ${t("brand")}`;
  }, [exam]);
}

/** Without the server a reload would leave an empty page until the line is back: its keys do nothing meanwhile. */
function useNoReload(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const stop = (event: KeyboardEvent) => {
      const reload = event.code === "F5" || ((event.ctrlKey || event.metaKey) && event.code === "KeyR");
      if (reload) event.preventDefault();
    };
    window.addEventListener("keydown", stop);
    return () => window.removeEventListener("keydown", stop);
  }, [on]);
}

/** Answers that only this page has: the browser asks before it closes. */
function useHold(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      // Chrome before 119 heeds only this.
      event.returnValue = true;
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [on]);
}

function Superseded({ session, sitting }: { session: Session; sitting: Sitting }) {
  const count = session.held.pending.length;
  return (
    <Message
      title={t("superseded_title")}
      actions={
        <Button kind="primary" onClick={() => void sitting.continueHere()}>
          {t("superseded_continue")}
        </Button>
      }
    >
      <p>{t("superseded_text")}</p>
      {count > 0 && <Banner tone="waiting">{t("superseded_unsaved", { count })}</Banner>}
    </Message>
  );
}

function Outdated() {
  return (
    <Message
      title={t("outdated_title")}
      actions={
        <Button kind="primary" onClick={() => location.reload()}>
          {t("reload")}
        </Button>
      }
    >
      <p>{t("outdated_text")}</p>
    </Message>
  );
}

function Blocked() {
  return (
    <Message title={t("blocked_title")}>
      <Banner tone="danger">{closeText("close_origin")}</Banner>
    </Message>
  );
}

/** By then the page has tried by POST as well. */
const QUIET_FAILURES = 3;

function Connecting({ session, sitting }: { session: Session; sitting: Sitting }) {
  if (session.queue !== null) return <Queued position={session.queue} />;
  const count = session.held.pending.length;
  const busy = session.closeCode === CLOSE.tryAgain;
  const retry = !busy && session.failures > 0 && (
    <Button onClick={() => sitting.retryNow()}>{t("try_again")}</Button>
  );
  return (
    <Message title={t("connecting_title")} actions={retry}>
      <p>{t("connecting_text")}</p>
      {busy && <Banner tone="waiting">{closeText("close_try_again")}</Banner>}
      {!busy && session.failures > QUIET_FAILURES && <Banner tone="waiting">{t("network_error")}</Banner>}
      <Kept count={count} />
    </Message>
  );
}

function Queued({ position }: { position: number }) {
  return (
    <Message title={t("queue_title")}>
      <QueuePlace position={position} />
      <p>{t("queue_text")}</p>
    </Message>
  );
}

function Stuck({ session, sitting }: { session: Session; sitting: Sitting }) {
  const actions = (
    <>
      <Button kind="primary" onClick={() => location.reload()}>
        {t("reload")}
      </Button>
      <Button onClick={() => sitting.retryNow()}>{t("try_again")}</Button>
    </>
  );
  return (
    <Message title={t("stuck_title")} actions={actions}>
      <p>{t("stuck_text")}</p>
      <Kept count={session.held.pending.length} />
    </Message>
  );
}

function Kept({ count }: { count: number }) {
  return count > 0 ? <Banner tone="waiting">{t("connecting_kept", { count })}</Banner> : null;
}

function Registered({ onLeave }: { onLeave: () => void }) {
  return (
    <Message title={t("registered_title")} actions={<Button onClick={onLeave}>{t("logout")}</Button>}>
      <p>{t("registered_text")}</p>
    </Message>
  );
}

function Voided({ reason, onLeave }: { reason: string | null; onLeave: () => void }) {
  return (
    <Message title={t("voided_title")} actions={<Button onClick={onLeave}>{t("logout")}</Button>}>
      <p>{t("voided_text")}</p>
      {reason && <p>{t("reason", { reason })}</p>}
    </Message>
  );
}
