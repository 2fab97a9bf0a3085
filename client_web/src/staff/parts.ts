import { t } from "./texts";

/** "I" or "PHẦN I" as "Phần I" in the reader's language; any other label as it stands. */
export function partText(part: string): string {
  const numeral = /^(?:PHẦN\s+)?([IVX]+)\.?$/i.exec(part.trim())?.[1];
  return numeral === undefined ? part : t("part", { part: numeral.toUpperCase() });
}
