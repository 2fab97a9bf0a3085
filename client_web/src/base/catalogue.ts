import { store, useStore } from "./store";

export type Language = "vi" | "en";
export type Params = Readonly<Record<string, string | number>>;

/** Gives the text of a key in the language in use, its `{params}` filled in. */
export type Texts<Key extends string> = (key: Key, params?: Params) => string;

const COOKIE = /(?:^|;\s*)lang=(vi|en)(?:;|$)/;
const YEAR_SECONDS = 365 * 24 * 3600;

const language = store<Language>(languageOf(document.cookie));
document.documentElement.lang = language.get();

/** The language of a cookie header; Vietnamese when it names none. */
export function languageOf(cookies: string): Language {
  return COOKIE.exec(cookies)?.[1] === "en" ? "en" : "vi";
}

export function currentLanguage(): Language {
  return language.get();
}

/** Switches the page, and by the cookie the server's messages too. */
export function setLanguage(next: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is absent on plain http, as in a school's LAN.
  document.cookie = `lang=${next}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Strict`;
  document.documentElement.lang = next;
  language.set(next);
}

/** The language in use; a component that calls this renders again when it changes. The root must. */
export function useLanguage(): Language {
  return useStore(language);
}

/** A section of the catalogue: `vi` and `en` are its two JSON files. */
export function section<Key extends string>(
  vi: Readonly<Record<Key, string>>,
  en: Readonly<Record<Key, string>>,
): Texts<Key> {
  const texts = { vi, en };
  return (key, params) => fill(texts[language.get()][key], params ?? {});
}

/** The text with each `{name}` replaced; a name that is not given stays visible, so that a test finds it. */
export function fill(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
