import { t } from "../base/texts";
import { bestSample, serverTime } from "../core/clock";
import type { Session } from "../core/session";
import { type FormState, localNow } from "./connection";

const SLOW_MS = 400;
const CLOCK_OFF_MS = 2_000;
const SMALLEST = { width: 1000, height: 560 };

/** ok: fine; wait: not known yet; attention: works, but someone should look. */
export type Verdict = "ok" | "wait" | "attention";

export interface CheckRow {
  name: string;
  verdict: Verdict;
  text: string;
}

/** What the waiting room says about this PC. */
export function checkRows(session: Session, form: FormState, storing: boolean): CheckRow[] {
  return [paperRow(form), lineRow(session), clockRow(session), storageRow(storing), screenRow(), mathRow()];
}

function paperRow(form: FormState): CheckRow {
  const row = { name: t("check_paper") };
  if (form === "ready") return { ...row, verdict: "ok", text: t("check_paper_ok") };
  if (form === "damaged") return { ...row, verdict: "attention", text: t("check_paper_damaged") };
  return { ...row, verdict: "wait", text: t("check_paper_wait") };
}

function lineRow(session: Session): CheckRow {
  const row = { name: t("check_line") };
  const sample = bestSample(session.clock);
  if (session.link !== "online") return { ...row, verdict: "attention", text: t("check_line_lost") };
  if (sample === null) return { ...row, verdict: "wait", text: t("check_line_wait") };
  const ms = Math.max(1, Math.round(sample.rtt_ms));
  if (ms > SLOW_MS) return { ...row, verdict: "attention", text: t("check_line_slow", { ms }) };
  return { ...row, verdict: "ok", text: t("check_line_ok", { ms }) };
}

function clockRow(session: Session): CheckRow {
  const row = { name: t("check_clock") };
  if (bestSample(session.clock) === null) return { ...row, verdict: "wait", text: t("check_line_wait") };
  const off_ms = Math.abs(serverTime(session.clock, localNow()) - Date.now());
  const seconds = Math.round(off_ms / 1000);
  // A wrong clock on the PC harms nothing: the countdown follows the server.
  return {
    ...row,
    verdict: "ok",
    text: off_ms < CLOCK_OFF_MS ? t("check_clock_ok") : t("check_clock_off", { seconds }),
  };
}

function storageRow(storing: boolean): CheckRow {
  const row = { name: t("check_storage") };
  if (storing) return { ...row, verdict: "ok", text: t("check_storage_ok") };
  return { ...row, verdict: "attention", text: t("check_storage_bad") };
}

function screenRow(): CheckRow {
  const size = { width: window.innerWidth, height: window.innerHeight };
  const fits = size.width >= SMALLEST.width && size.height >= SMALLEST.height;
  return {
    name: t("check_screen"),
    verdict: fits ? "ok" : "attention",
    text: t(fits ? "check_screen_ok" : "check_screen_small", size),
  };
}

function mathRow(): CheckRow {
  const works = "MathMLElement" in window;
  return {
    name: t("check_math"),
    verdict: works ? "ok" : "attention",
    text: t(works ? "check_math_ok" : "check_math_bad"),
  };
}
