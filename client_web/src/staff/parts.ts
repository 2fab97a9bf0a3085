import { t } from "./texts";

const NUMERAL = /^(?:PHẦN\s+)?([IVX]+)\.?$/i;

/** "I" or "PHẦN I" as "Phần I" in the reader's language; any other label as it stands. */
export function partText(part: string): string {
  const numeral = NUMERAL.exec(part.trim())?.[1];
  return numeral === undefined ? part : t("part", { part: numeral.toUpperCase() });
}

/** "II.3": the part's numeral and the item's number; the number alone without a part. */
export function shortPlace(item: { part: string | null; number: number }): string {
  const numeral = NUMERAL.exec(item.part?.trim() ?? "")?.[1];
  return numeral === undefined ? String(item.number) : `${numeral.toUpperCase()}.${item.number}`;
}
