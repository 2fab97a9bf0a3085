import { useState } from "preact/hooks";
import { Button } from "../base/Button";
import { Dialog } from "../base/Dialog";
import { TextField } from "../base/Field";
import { LanguageSwitch } from "../base/LanguageSwitch";
import { ActError, useAct } from "./Loading";
import { logIn, logOut } from "./session";
import { t } from "./texts";

/** The way in for staff. */
export function LoginPage() {
  return (
    <main class="alone">
      <div class="login">
        <h1>{t("product")}</h1>
        <p class="soft">{t("login_for_staff")}</p>
        <LoginForm username="" />
        <LanguageSwitch />
      </div>
    </main>
  );
}

/** Asks for the password again above the page, which stays as it was. Escape does not lose it: the dialog comes back. */
export function LoginDialog({ username }: { username: string }) {
  const [turn, setTurn] = useState(0);
  return (
    <Dialog key={turn} open title={t("login_again")} onClose={() => setTurn(turn + 1)}>
      <p>{t("login_again_why")}</p>
      <LoginForm username={username} />
      <Button kind="quiet" icon="exit" onClick={() => void logOut()}>
        {t("log_out_and_leave")}
      </Button>
    </Dialog>
  );
}

function LoginForm({ username }: { username: string }) {
  const act = useAct();
  const [name, setName] = useState(username);
  const [password, setPassword] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void act.run(() => logIn(name.trim().toLowerCase(), password));
  };
  return (
    <form class="form" onSubmit={submit}>
      <ActError act={act} />
      <TextField
        label={t("username")}
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        required
        autoFocus={username === ""}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <TextField
        label={t("password")}
        type="password"
        autoComplete="current-password"
        required
        autoFocus={username !== ""}
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <Button kind="primary" type="submit" disabled={act.busy}>
        {act.busy ? t("logging_in") : t("log_in")}
      </Button>
    </form>
  );
}
