import type { ComponentChildren } from "preact";
import type { Route } from "../core/route";
import { Heading } from "../Heading";
import { Link } from "../router";
import { t } from "../texts";

export type ExamTab = "class" | "test" | "items" | "runs" | "keys" | "sanctions";

export type May = (permission: string) => boolean;

interface ExamFrameProps {
  exam: number;
  name: string | undefined;
  note?: string | undefined;
  tab: ExamTab;
  may: May;
  /** Whether there are statistics to look at. */
  measured: boolean;
  acts?: ComponentChildren;
  children: ComponentChildren;
}

/** The frame of all pages of an exam's results: its name, and the way between them. */
export function ExamFrame({ exam, name, note, tab, may, measured, acts, children }: ExamFrameProps) {
  return (
    <>
      <Heading
        title={name || t("nav_results")}
        up={{ to: { page: "all_results" }, label: t("nav_results") }}
        note={note}
      >
        {acts}
      </Heading>
      <nav class="tabs exam-tabs no-print" aria-label={t("results_views")}>
        {tabsFor(exam, may, measured).map((each) => (
          <Link key={each.tab} to={each.to} class="tab" current={each.tab === tab}>
            {t(`results_${each.tab}`)}
          </Link>
        ))}
      </nav>
      {children}
    </>
  );
}

function tabsFor(exam: number, may: May, measured: boolean): { tab: ExamTab; to: Route }[] {
  const all: { tab: ExamTab; to: Route; shown: boolean }[] = [
    { tab: "class", to: { page: "results", exam, tab: "class" }, shown: true },
    { tab: "test", to: { page: "results", exam, tab: "test" }, shown: measured || may("scoring.run") },
    { tab: "items", to: { page: "results", exam, tab: "items" }, shown: true },
    { tab: "runs", to: { page: "runs", exam }, shown: may("scoring.run") },
    { tab: "keys", to: { page: "keys", exam }, shown: may("keys.correct") },
    { tab: "sanctions", to: { page: "sanctions", exam }, shown: may("sanctions.record") },
  ];
  return all.filter((each) => each.shown);
}
