const MINUS = /[−–—‐‑﹣－]/g;
const UNFINISHED = /^-?\d*,?\d*$/;

/** What of the typed text can stand in the boxes: digits, "-" first, one ","; "." becomes ",". */
export function boxText(typed: string, length: number): string {
  let kept = "";
  for (const character of typed.replace(MINUS, "-").replaceAll(".", ",")) {
    if (kept.length < length && UNFINISHED.test(kept + character)) kept += character;
  }
  return kept;
}
