import { store } from "../base/store";

/** How this candidate wants the paper shown; remembered on this PC until the next candidate. */
export interface Settings {
  size: "normal" | "large" | "huge";
  theme: "light" | "dark" | "contrast";
  mode: "single" | "all";
  /** Whether one-letter keys act. */
  letters: boolean;
  hideTime: boolean;
}

const NAME = "khaothi.settings";
const OWNER = "khaothi.settings.sitting";
const DEFAULTS: Settings = { size: "normal", theme: "light", mode: "single", letters: true, hideTime: false };

export const settings = store<Settings>(load());
apply(settings.get());

export function changeSettings(change: Partial<Settings>): void {
  const next = { ...settings.get(), ...change };
  apply(next);
  settings.set(next);
  keep(NAME, JSON.stringify(next));
}

/** Another candidate on the same PC begins with the defaults. */
export function settingsFor(sitting: number): void {
  if (localStorage.getItem(OWNER) === String(sitting)) return;
  changeSettings(DEFAULTS);
  keep(OWNER, String(sitting));
}

function keep(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch (error) {
    // A full disk: then it holds for this page only.
    console.warn("settings are not kept on this PC", error);
  }
}

function apply({ size, theme }: Settings): void {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.size = size;
}

function load(): Settings {
  const text = localStorage.getItem(NAME);
  return text === null ? DEFAULTS : { ...DEFAULTS, ...(JSON.parse(text) as Partial<Settings>) };
}
