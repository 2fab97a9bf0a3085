/** A key press as far as the paper cares. */
export interface KeyPress {
  /** KeyboardEvent.code: the place on the keyboard, which a Vietnamese input method leaves alone. */
  code: string;
  key: string;
  /** Ctrl, Alt or Meta is held: the browser's business. */
  modified: boolean;
  target: "text" | "choice" | "button" | "other";
}

export type Command =
  | { do: "previous" }
  | { do: "next" }
  | { do: "flag" }
  | { do: "clear" }
  | { do: "keys" }
  | { do: "choose"; place: number };

const LETTER = /^Key([A-D])$/;
const DIGIT = /^(?:Digit|Numpad)([1-8])$/;

/** What the key means on the paper; null leaves it to the browser. `letters` is off where the candidate turned one-letter keys off. */
export function commandOf(press: KeyPress, letters: boolean): Command | null {
  if (press.modified) return null;
  return moveOf(press) ?? (letters ? letterOf(press) : null);
}

function moveOf({ code, target }: KeyPress): Command | null {
  if (target !== "text" && code === "ArrowLeft") return { do: "previous" };
  if (target !== "text" && code === "ArrowRight") return { do: "next" };
  const enter = code === "Enter" || code === "NumpadEnter";
  return enter && target !== "button" ? { do: "next" } : null;
}

function letterOf({ code, key, target }: KeyPress): Command | null {
  if (key === "?") return { do: "keys" };
  if (code === "KeyF") return { do: "flag" };
  if (target === "text") return null;
  if (code === "Delete" || code === "Backspace") return { do: "clear" };
  const letter = LETTER.exec(code)?.[1];
  if (letter !== undefined) return { do: "choose", place: letter.charCodeAt(0) - "A".charCodeAt(0) };
  const digit = DIGIT.exec(code)?.[1];
  return digit === undefined ? null : { do: "choose", place: Number(digit) - 1 };
}
