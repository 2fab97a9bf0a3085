import { store } from "../base/store";

/** How this candidate wants the paper shown; remembered on this PC. */
export interface Settings {
  size: "normal" | "large" | "huge";
  theme: "light" | "dark" | "contrast";
  mode: "single" | "all";
  /** Whether one-letter keys act. */
  letters: boolean;
  hideTime: boolean;
}

const NAME = "khaothi.settings";
const DEFAULTS: Settings = { size: "normal", theme: "light", mode: "single", letters: true, hideTime: false };

export const settings = store<Settings>(load());
apply(settings.get());

export function changeSettings(change: Partial<Settings>): void {
  const next = { ...settings.get(), ...change };
  localStorage.setItem(NAME, JSON.stringify(next));
  apply(next);
  settings.set(next);
}

function apply({ size, theme }: Settings): void {
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.size = size;
}

function load(): Settings {
  const text = localStorage.getItem(NAME);
  return text === null ? DEFAULTS : { ...DEFAULTS, ...(JSON.parse(text) as Partial<Settings>) };
}
