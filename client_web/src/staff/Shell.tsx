import { Banner } from "../base/Banner";
import { Button } from "../base/Button";
import { Icon, type IconName } from "../base/Icon";
import { LanguageSwitch } from "../base/LanguageSwitch";
import type { StaffSession } from "../protocol/messages";
import { BankPage } from "./banks/BankPage";
import { BanksPage } from "./banks/BanksPage";
import { ImportPage } from "./banks/ImportPage";
import type { Route } from "./core/route";
import { type Section, sectionOf, sectionsFor } from "./core/sections";
import { ExamPage } from "./exams/ExamPage";
import { ExamsPage } from "./exams/ExamsPage";
import { NewExamPage } from "./exams/NewExamPage";
import { NewShiftPage } from "./exams/NewShiftPage";
import { RosterPage } from "./exams/RosterPage";
import { AllResultsPage } from "./results/AllResultsPage";
import { ItemResultPage } from "./results/ItemResultPage";
import { ResultsPage } from "./results/ResultsPage";
import { RoomPage } from "./rooms/RoomPage";
import { RoomsPage } from "./rooms/RoomsPage";
import { Link, mayLeave, useRoute } from "./router";
import { logOut } from "./session";
import { t } from "./texts";
import { RoomTestsPage } from "./window/RoomTestsPage";
import { WindowPage } from "./window/WindowPage";

const ICONS: Record<Section["name"], IconName> = {
  banks: "bank",
  exams: "paper",
  rooms: "room",
  results: "chart",
  window: "pulse",
};

/** Navigation by job at the left, the page beside it. */
export function Shell({ session }: { session: StaffSession }) {
  const asked = useRoute();
  const sections = sectionsFor(session.permissions);
  const route = asked.page === "home" ? (sections[0]?.start ?? asked) : asked;
  const section = sectionOf(route.page);
  const allowed = section === undefined || sections.includes(section);
  return (
    <div class={route.page === "room" ? "shell shell-narrow" : "shell"}>
      <a class="skip" href="#main">
        {t("skip_to_content")}
      </a>
      <nav class="side" aria-label={t("navigation")}>
        <p class="product">{t("product")}</p>
        <ul class="jobs">
          {sections.map((each) => (
            <li key={each.name}>
              <Link to={each.start} class="job" current={each.name === section?.name}>
                <Icon name={ICONS[each.name]} />
                <span>{t(`nav_${each.name}`)}</span>
              </Link>
            </li>
          ))}
        </ul>
        <div class="me">
          <p class="me-name">{session.name}</p>
          <p class="soft me-role">{t(`role_${session.role}`)}</p>
          <LanguageSwitch />
          <Button kind="quiet" small icon="exit" aria-label={t("log_out")} onClick={leave}>
            <span class="me-out">{t("log_out")}</span>
          </Button>
        </div>
      </nav>
      <main id="main" class="main" tabIndex={-1}>
        {allowed ? <PageOf route={route} session={session} /> : <NotAllowed />}
      </main>
    </div>
  );
}

function leave(): void {
  if (mayLeave()) void logOut();
}

function NotAllowed() {
  return <Banner tone="waiting">{t("not_allowed")}</Banner>;
}

function PageOf({ route, session }: { route: Route; session: StaffSession }) {
  const may = (permission: string) => session.permissions.includes(permission);
  switch (route.page) {
    case "banks":
      return <BanksPage mayCreate={may("items.import")} />;
    case "bank":
      return <BankPage key={route.bank} bank={route.bank} may={may} />;
    case "import":
      return <ImportPage key={route.bank} bank={route.bank} mayCreateExam={may("exams.manage")} />;
    case "exams":
      return <ExamsPage />;
    case "new_exam":
      return <NewExamPage bank={route.bank} source={route.source} />;
    case "exam":
      return <ExamPage key={route.exam} exam={route.exam} may={may} />;
    case "new_shift":
      return <NewShiftPage exam={route.exam} />;
    case "roster":
      return <RosterPage key={route.shift} exam={route.exam} shift={route.shift} />;
    case "rooms":
      return <RoomsPage />;
    case "room":
      return (
        <RoomPage key={route.shift} shift={route.shift} tab={route.tab} mayCommand={may("room.command")} />
      );
    case "window":
      return <WindowPage mayTestRooms={may("exams.manage")} />;
    case "room_tests":
      return may("exams.manage") ? <RoomTestsPage /> : <NotAllowed />;
    case "all_results":
      return <AllResultsPage />;
    case "results":
      return <ResultsPage key={route.exam} exam={route.exam} tab={route.tab} />;
    case "item_result":
      return <ItemResultPage key={route.item} exam={route.exam} item={route.item} />;
    case "home":
      return <NotAllowed />;
    case "missing":
      return <Banner tone="waiting">{t("page_missing")}</Banner>;
  }
}
