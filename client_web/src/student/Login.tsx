import { useState } from "preact/hooks";
import { ApiError, sendJson } from "../base/api";
import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { TextField } from "../base/Field";
import { t } from "../base/texts";
import type { CandidateLogin, CandidateSession } from "../protocol/messages";
import { Frame } from "./Frame";

interface LoginProps {
  /** The candidate was in already, and the session ended. */
  again: boolean;
  onLogin: (session: CandidateSession) => Promise<void>;
}

/** Candidate number and PIN. */
export function Login({ again, onLogin }: LoginProps) {
  const [fields, setFields] = useState<CandidateLogin>({ number: "", pin: "" });
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [shown, setShown] = useState(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    setTried(true);
    const number = fields.number.trim();
    const pin = fields.pin.trim();
    if (number === "" || pin === "") {
      const form = event.currentTarget as HTMLFormElement;
      form.querySelectorAll("input")[number === "" ? 0 : 1]?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await onLogin(await sendJson<CandidateSession>("POST", "/api/candidate/login", { number, pin }));
    } catch (error) {
      setProblem(error instanceof ApiError ? error.problem.message : t("network_error"));
      setBusy(false);
    }
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
      </form>
    </Frame>
  );
}
