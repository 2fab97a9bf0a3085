const SUPERSCRIPTS: Record<string, string> = Object.fromEntries(
  [..."0123456789+-n"].map((sign, place) => [sign, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"[place] ?? sign]),
);
const SUBSCRIPTS: Record<string, string> = Object.fromEntries(
  [..."0123456789+-n"].map((sign, place) => [sign, "₀₁₂₃₄₅₆₇₈₉₊₋ₙ"[place] ?? sign]),
);

const SIGNS: Record<string, string> = {
  cdot: "·",
  times: "×",
  le: "≤",
  leq: "≤",
  leqslant: "≤",
  ge: "≥",
  geq: "≥",
  geqslant: "≥",
  ne: "≠",
  neq: "≠",
  infty: "∞",
  in: "∈",
  pi: "π",
  alpha: "α",
  beta: "β",
  int: "∫",
  sum: "∑",
  to: "→",
  rightarrow: "→",
  Rightarrow: "⇒",
  Leftrightarrow: "⇔",
  Delta: "Δ",
  pm: "±",
  circ: "°",
  perp: "⊥",
  parallel: "∥",
  cup: "∪",
  cap: "∩",
  setminus: "\\",
  left: "",
  right: "",
  displaystyle: "",
  quad: " ",
};

const SETS: Record<string, string> = { R: "ℝ", N: "ℕ", Z: "ℤ", Q: "ℚ", C: "ℂ" };

/** A stem's beginning as a table shows it: the LaTeX of its formulas as plain signs, roughly, on one line. */
export function readable(text: string): string {
  if (!/[\\^_]/.test(text)) return text;
  return inner(text.replace(/\{,\}/g, ","))
    .replace(/\\begin\{cases\}/g, "{ ")
    .replace(/\\(?:begin|end)\{[a-z]+\*?\}/g, " ")
    .replace(/\\\\/g, "; ")
    .replace(/&/g, " ")
    .replace(/\\[,;:! ]/g, " ")
    .replace(/\\([{}%])/g, "$1")
    .replace(/\\mathbb\s*\{?([RNZQC])\}?/g, (_, set: string) => SETS[set] ?? set)
    .replace(/\\([A-Za-z]+)\s?/g, (_, name: string) => SIGNS[name] ?? name)
    .replace(/\^([0-9n])/g, (_, sign: string) => SUPERSCRIPTS[sign] ?? sign)
    .replace(/_([0-9n])/g, (_, sign: string) => SUBSCRIPTS[sign] ?? sign)
    .replace(/\s+/g, " ")
    .trim();
}

/** Groups in braces, from the innermost outwards, until none is left to rewrite. */
function inner(text: string): string {
  for (let former = ""; former !== text; ) {
    former = text;
    text = text
      .replace(
        /\\(?:d|t)?frac\{([^{}]*)\}\{([^{}]*)\}/g,
        (_, top: string, low: string) => `${atom(top)}/${atom(low)}`,
      )
      .replace(/\\sqrt\{([^{}]*)\}/g, (_, under: string) => `√${atom(under)}`)
      .replace(/\\(?:text|mathrm|mathit|vec|overrightarrow|overline|operatorname)\{([^{}]*)\}/g, "$1")
      .replace(/\^\{([^{}]*)\}/g, (_, raised: string) => shifted(raised, SUPERSCRIPTS, "^"))
      .replace(/_\{([^{}]*)\}/g, (_, lowered: string) => shifted(lowered, SUBSCRIPTS, "_"));
  }
  return text;
}

function atom(text: string): string {
  return /^[\p{L}\p{N},.√]*$/u.test(text) ? text : `(${text})`;
}

function shifted(text: string, signs: Record<string, string>, mark: string): string {
  const all = [...text];
  return all.every((sign) => sign in signs)
    ? all.map((sign) => signs[sign]).join("")
    : `${mark}${atom(text)}`;
}
