import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, sendJson } from "../base/api";
import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { TextField } from "../base/Field";
import { t } from "../base/texts";
import { pauseInQueue } from "../core/backoff";
import type { CandidateLogin, CandidateSession, LoginQueue } from "../protocol/messages";
import { localNow } from "./connection";
import { Frame, Message } from "./Frame";
import { QueuePlace, useSecondsUntil } from "./Queue";

/** How long to wait in the queue when the server was not reached. */
const UNREACHED_S = 5;

interface LoginProps {
  /** The candidate was in already, and the session ended. */
  again: boolean;
  onLogin: (session: CandidateSession) => Promise<void>;
}

/** Where a login is. queued: the server asked to come again at `again_ms`, which the page does by itself. */
type Step =
  | { name: "form"; problem: string | null }
  | { name: "busy" }
  | { name: "queued"; position: number; again_ms: number };

/** Candidate number and PIN, and the queue when too many come at once. */
export function Login({ again, onLogin }: LoginProps) {
  const [fields, setFields] = useState<CandidateLogin>({ number: "", pin: "" });
  const [step, setStep] = useState<Step>({ name: "form", problem: null });
  const tries = useRef(0);

  async function send(login: CandidateLogin, queued: number | null) {
    tries.current += 1;
    const current = tries.current;
    try {
      const session = await sendJson<CandidateSession>("POST", "/api/candidate/login", login);
      if (current === tries.current) await onLogin(session);
    } catch (error) {
      if (current === tries.current) setStep(stepAfter(error, queued));
    }
  }

  function submit(login: CandidateLogin) {
    setFields(login);
    setStep({ name: "busy" });
    void send(login, null);
  }

  function stop() {
    tries.current += 1;
    setStep({ name: "form", problem: null });
  }

  if (step.name === "queued")
    return (
      <Queue
        position={step.position}
        again_ms={step.again_ms}
        onAgain={() => void send(fields, step.position)}
        onStop={stop}
      />
    );
  const problem = step.name === "form" ? step.problem : null;
  return (
    <Form given={fields} again={again} busy={step.name === "busy"} problem={problem} onSubmit={submit} />
  );
}

/** Where a failed login is; `queued` is the place in the queue it was sent from. */
function stepAfter(error: unknown, queued: number | null): Step {
  if (error instanceof ApiError) {
    if (error.problem.code !== "login_queue") return { name: "form", problem: error.problem.message };
    const { position, seconds } = error.problem as LoginQueue;
    return queuedFor(position, seconds);
  }
  return queued === null ? { name: "form", problem: t("network_error") } : queuedFor(queued, UNREACHED_S);
}

function queuedFor(position: number, seconds: number): Step {
  return { name: "queued", position, again_ms: localNow() + pauseInQueue(seconds, Math.random()) };
}

interface QueueProps {
  position: number;
  again_ms: number;
  onAgain: () => void;
  onStop: () => void;
}

function Queue({ position, again_ms, onAgain, onStop }: QueueProps) {
  const seconds = useSecondsUntil(again_ms);
  useEffect(() => {
    const timer = setTimeout(onAgain, again_ms - localNow());
    return () => clearTimeout(timer);
  }, [again_ms]);
  return (
    <Message title={t("queue_title")} actions={<Button onClick={onStop}>{t("queue_stop")}</Button>}>
      <QueuePlace position={position} />
      <p>{t("queue_text")}</p>
      <p class="soft tabular">{seconds > 0 ? t("queue_seconds", { seconds }) : t("queue_trying")}</p>
    </Message>
  );
}

interface FormProps {
  given: CandidateLogin;
  again: boolean;
  busy: boolean;
  problem: string | null;
  onSubmit: (login: CandidateLogin) => void;
}

function Form({ given, again, busy, problem, onSubmit }: FormProps) {
  const [fields, setFields] = useState(given);
  const [tried, setTried] = useState(false);
  const [shown, setShown] = useState(false);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    const number = fields.number.trim();
    const pin = fields.pin.trim();
    if (number === "" || pin === "") {
      const form = event.currentTarget as HTMLFormElement;
      form.querySelectorAll("input")[number === "" ? 0 : 1]?.focus();
      return;
    }
    onSubmit({ number, pin });
  }

  const missing = (value: string, text: string) => (tried && value.trim() === "" ? text : undefined);
  return (
    <Frame>
      <form class="card login" onSubmit={submit} noValidate>
        <div class="card-head">
          <h1>{t("login_title")}</h1>
          <p class="soft">{t("login_intro")}</p>
        </div>
        {again && problem === null && (
          <Banner tone="waiting" live="polite">
            {t("login_again")}
          </Banner>
        )}
        {problem !== null && (
          <Banner tone="danger" live="assertive">
            {problem}
          </Banner>
        )}
        <TextField
          label={t("login_number")}
          hint={t("login_number_hint")}
          error={missing(fields.number, t("login_number_missing"))}
          class="input-big"
          value={fields.number}
          onInput={(event) => setFields({ ...fields, number: event.currentTarget.value })}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          maxLength={32}
        />
        <div class="pin">
          <TextField
            label={t("login_pin")}
            error={missing(fields.pin, t("login_pin_missing"))}
            class="input-big"
            type={shown ? "text" : "password"}
            value={fields.pin}
            onInput={(event) => setFields({ ...fields, pin: event.currentTarget.value })}
            inputMode="numeric"
            autocomplete="off"
            maxLength={32}
          />
          <label class="tick">
            <input
              type="checkbox"
              checked={shown}
              onChange={(event) => setShown(event.currentTarget.checked)}
            />
            {t("login_pin_show")}
          </label>
        </div>
        <Button kind="primary" type="submit" class="button-big" disabled={busy}>
          {t(busy ? "login_busy" : "login_button")}
        </Button>
        <p class="soft">{t("login_help")}</p>
        <a href="/check">{t("login_check")}</a>
      </form>
    </Frame>
  );
}
