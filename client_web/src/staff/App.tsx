import { Button } from "../base/Button";
import { useLanguage } from "../base/catalogue";
import { useStore } from "../base/store";
import { LoginDialog, LoginPage } from "./LoginPage";
import { Shell } from "./Shell";
import { askSession, presence } from "./session";
import { t } from "./texts";

/** The staff pages: who is there decides what is shown. */
export function App() {
  useLanguage();
  const now = useStore(presence);
  switch (now.status) {
    case "asking":
      return <p class="loading">{t("loading")}</p>;
    case "unreachable":
      return (
        <main class="alone">
          <h1>{t("product")}</h1>
          <p>{t("server_unreachable")}</p>
          <Button kind="primary" onClick={() => void askSession()}>
            {t("try_again")}
          </Button>
        </main>
      );
    case "out":
      return <LoginPage />;
    case "in":
    case "expired":
      return (
        <>
          <Shell session={now.session} />
          {now.status === "expired" && <LoginDialog username={now.session.username} />}
        </>
      );
  }
}
