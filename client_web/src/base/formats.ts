import { currentLanguage, type Language } from "./catalogue";

const SECOND_MS = 1_000;

/** Decimal text such as "8.25" as people write it: "8,25" in Vietnamese. All its decimals are kept. */
export function formatDecimal(text: string, language: Language = currentLanguage()): string {
  return language === "vi" ? text.replace(".", ",") : text;
}

/** The catalogue's key for points: English has a singular. */
export function pointsKey(text: string): "points" | "one_point" {
  return Number(text) === 1 ? "one_point" : "points";
}

/** A number with a fixed number of decimals: 0.5 with 2 is "0,50" in Vietnamese. */
export function formatNumber(value: number, decimals = 0, language: Language = currentLanguage()): string {
  return formatDecimal(value.toFixed(decimals), language);
}

/** A share from 0 to 1 as a percentage: "62 %". */
export function formatShare(share: number, decimals = 0, language: Language = currentLanguage()): string {
  return `${formatNumber(share * 100, decimals, language)}\u00a0%`;
}

/** dd/mm/yyyy in Vietnamese, "22 Nov 2026" in English; in this PC's time zone. */
export function formatDate(moment: Date | number | string, language: Language = currentLanguage()): string {
  const date = new Date(moment);
  if (language === "vi") return `${pair(date.getDate())}/${pair(date.getMonth() + 1)}/${date.getFullYear()}`;
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** "08:05", or "08:05:30" with seconds. */
export function formatTime(moment: Date | number | string, seconds = false): string {
  const date = new Date(moment);
  const short = `${pair(date.getHours())}:${pair(date.getMinutes())}`;
  return seconds ? `${short}:${pair(date.getSeconds())}` : short;
}

/** "08:05 22/11/2026", or "22 Nov 2026, 08:05". */
export function formatDateTime(
  moment: Date | number | string,
  language: Language = currentLanguage(),
): string {
  const [time, day] = [formatTime(moment), formatDate(moment, language)];
  return language === "vi" ? `${time} ${day}` : `${day}, ${time}`;
}

/** A countdown: "1:05:09", or "05:09" below an hour. A second that has begun still counts, as on a school's clock. */
export function formatCountdown(remaining_ms: number): string {
  const all = Math.max(0, Math.ceil(remaining_ms / SECOND_MS));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const short = `${pair(minutes)}:${pair(seconds)}`;
  return hours > 0 ? `${hours}:${short}` : short;
}

function pair(number: number): string {
  return String(number).padStart(2, "0");
}
