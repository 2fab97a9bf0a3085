const COLLATOR = new Intl.Collator("vi", { sensitivity: "variant", numeric: true });

/** Order of two texts by the Vietnamese alphabet; numbers inside by value, so that 12A2 stands before 12A10. */
export function compareTexts(a: string, b: string): number {
  return COLLATOR.compare(a, b);
}

/** The given name: the last word of a full name. */
export function givenName(name: string): string {
  return name.trim().split(/\s+/).at(-1) ?? "";
}

/** Order of two full names as a class list has it: given name first, then the whole name. */
export function compareNames(a: string, b: string): number {
  return compareTexts(givenName(a), givenName(b)) || compareTexts(a, b);
}

/** Lower case without diacritics, for finding "Nguyễn" by "nguyen". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
}

/** Whether a text contains what was typed: exactly where diacritics were typed, else without regard to them. */
export function contains(text: string, typed: string): boolean {
  const wanted = typed.trim().normalize("NFC").toLowerCase();
  const plain = folded(wanted);
  return plain === wanted
    ? folded(text).includes(plain)
    : text.normalize("NFC").toLowerCase().includes(wanted);
}
