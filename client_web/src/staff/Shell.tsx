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
import { KeyPage } from "./keys/KeyPage";
import { KeysPage } from "./keys/KeysPage";
import { NewKeyPage } from "./keys/NewKeyPage";
import { AllResultsPage } from "./results/AllResultsPage";
import type { May } from "./results/ExamFrame";
import { ItemResultPage } from "./results/ItemResultPage";
import { ResultsPage } from "./results/ResultsPage";
import { RoomPage } from "./rooms/RoomPage";
import { RoomsPage } from "./rooms/RoomsPage";
import { Link, mayLeave, useRoute } from "./router";
import { RunPage } from "./runs/RunPage";
import { RunsPage } from "./runs/RunsPage";
import { SanctionsPage } from "./sanctions/SanctionsPage";
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
      return <ResultsPage key={route.exam} exam={route.exam} tab={route.tab} run={route.run} may={may} />;
    case "item_result":
      return <ItemResultPage exam={route.exam} item={route.item} run={route.run} may={may} />;
    case "run":
      return <RunPage key={route.run} exam={route.exam} run={route.run} session={session} may={may} />;
    case "runs":
      return may("scoring.run") ? <RunsPage key={route.exam} exam={route.exam} may={may} /> : <NotAllowed />;
    case "keys":
    case "new_key":
    case "key":
      return may("keys.correct") ? <KeyPageOf route={route} session={session} may={may} /> : <NotAllowed />;
    case "sanctions":
      return may("sanctions.record") ? <SanctionsPage exam={route.exam} may={may} /> : <NotAllowed />;
    case "home":
      return <NotAllowed />;
    case "missing":
      return <Banner tone="waiting">{t("page_missing")}</Banner>;
  }
}

interface KeyPageOfProps {
  route: Extract<Route, { page: "keys" | "new_key" | "key" }>;
  session: StaffSession;
  may: May;
}

function KeyPageOf({ route, session, may }: KeyPageOfProps) {
  switch (route.page) {
    case "keys":
      return <KeysPage exam={route.exam} may={may} />;
    case "new_key":
      return <NewKeyPage exam={route.exam} item={route.item} />;
    case "key":
      return <KeyPage key={route.change} exam={route.exam} change={route.change} session={session} />;
  }
}
