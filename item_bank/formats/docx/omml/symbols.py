"""What mathematical characters are called in LaTeX."""

from collections.abc import Mapping

_GREEK_NAMES = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "o",
    "pi",
    "rho",
    "varsigma",
    "sigma",
    "tau",
    "upsilon",
    "varphi",
    "chi",
    "psi",
    "omega",
]
_CAPITALS = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Υ": "Upsilon",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip

LETTERS: Mapping[str, str] = {
    **{chr(0x3B1 + place): name if name == "o" else f"\\{name}" for place, name in enumerate(_GREEK_NAMES)},
    **{letter: f"\\{name}" for letter, name in _CAPITALS.items()},
    "ϵ": "\\epsilon", "ϑ": "\\vartheta", "ϕ": "\\phi", "ϖ": "\\varpi", "ϱ": "\\varrho", "∂": "\\partial",
    "ℏ": "\\hbar",
    "ℓ": "\\ell", "ℜ": "\\Re", "ℑ": "\\Im", "ℵ": "\\aleph", "∞": "\\infty", "∅": "\\varnothing",
    "Ø": "\\varnothing",
    "ℝ": "\\mathbb{R}", "ℕ": "\\mathbb{N}", "ℤ": "\\mathbb{Z}", "ℚ": "\\mathbb{Q}", "ℂ": "\\mathbb{C}",
    "ℙ": "\\mathbb{P}", "∇": "\\nabla", "ı": "\\imath", "ȷ": "\\jmath", "△": "\\triangle",
    "∆": "\\Delta", "∠": "\\angle", "∡": "\\measuredangle", "…": "\\ldots", "⋯": "\\cdots", "⋮": "\\vdots",
    "⋱": "\\ddots", "∀": "\\forall", "∃": "\\exists", "∄": "\\nexists", "⊤": "\\top", "Ω": "\\Omega",
    "µ": "\\mu",
    "□": "\\square",
}  # fmt: skip
"""Letters and letter-like characters: identifiers in MathML."""

UPRIGHT = frozenset("ΓΔΘΛΞΠΣΥΦΨΩΩ∆∅Ø∞ℝℕℤℚℂℙ△∠∡…⋯⋮⋱∀∃∄⊤∇□")
"""The letters of ``LETTERS`` that are not slanted."""

OPERATORS: Mapping[str, str] = {
    "+": "+", "=": "=", "<": "<", ">": ">", "−": "-", "±": "\\pm", "∓": "\\mp", "×": "\\times", "·": "\\cdot",
    "⋅": "\\cdot", "∙": "\\cdot", "•": "\\bullet", "÷": "\\div", "*": "*", "∗": "*", "∘": "\\circ",
    "/": "/", "∕": "/",
    "≤": "\\le", "⩽": "\\leqslant", "≥": "\\ge", "⩾": "\\geqslant", "≠": "\\ne", "≈": "\\approx",
    "≡": "\\equiv",
    "≢": "\\not\\equiv", "∼": "\\sim", "≃": "\\simeq", "≅": "\\cong", "∝": "\\propto", "≪": "\\ll",
    "≫": "\\gg",
    "→": "\\to", "←": "\\leftarrow", "↔": "\\leftrightarrow", "⇒": "\\Rightarrow", "⇐": "\\Leftarrow",
    "⇔": "\\Leftrightarrow", "⟶": "\\longrightarrow", "⟹": "\\Longrightarrow", "⟺": "\\Longleftrightarrow",
    "↦": "\\mapsto", "↑": "\\uparrow", "↓": "\\downarrow", "↗": "\\nearrow", "↘": "\\searrow",
    "⇌": "\\rightleftharpoons",
    "∈": "\\in", "∉": "\\notin", "∋": "\\ni", "⊂": "\\subset", "⊃": "\\supset", "⊆": "\\subseteq",
    "⊇": "\\supseteq",
    "⊄": "\\not\\subset", "∪": "\\cup", "∩": "\\cap", "∖": "\\setminus", "∧": "\\land", "∨": "\\lor",
    "¬": "\\neg",
    "⊥": "\\perp", "∥": "\\parallel", "∦": "\\nparallel", "∣": "\\mid", "∤": "\\nmid", "⊕": "\\oplus",
    "⊗": "\\otimes",
    "∴": "\\therefore", "∵": "\\because", "⋮": "\\vdots", ",": ",", ";": ";", ":": ":", ".": ".", "!": "!",
    "?": "?",
    "%": "\\%", "#": "\\#", "&": "\\&", "$": "\\$", "_": "\\_", "~": "\\sim", "@": "@", "\\": "\\backslash",
    "^": "\\wedge", "≔": ":=", "√": "\\surd", '"': "''", "`": "`",
}  # fmt: skip

FENCES: Mapping[str, str] = {
    "(": "(", ")": ")", "[": "[", "]": "]", "{": "\\{", "}": "\\}", "|": "|", "‖": "\\|", "⌊": "\\lfloor",
    "⌋": "\\rfloor", "⌈": "\\lceil", "⌉": "\\rceil", "⟨": "\\langle", "⟩": "\\rangle", "〈": "\\langle",
    "〉": "\\rangle", "⟦": "\\llbracket", "⟧": "\\rrbracket",
}  # fmt: skip

N_ARY: Mapping[str, str] = {
    "∫": "\\int", "∬": "\\iint", "∭": "\\iiint", "∮": "\\oint", "∑": "\\sum", "∏": "\\prod", "∐": "\\coprod",
    "⋃": "\\bigcup", "⋂": "\\bigcap", "⋁": "\\bigvee", "⋀": "\\bigwedge", "⨁": "\\bigoplus",
    "⨂": "\\bigotimes",
}  # fmt: skip
INTEGRALS = frozenset("∫∬∭∮")

ACCENTS: Mapping[str, tuple[str, str, str]] = {
    "\u0302": ("^", "\\hat", "\\widehat"), "^": ("^", "\\hat", "\\widehat"),
    "\u0303": ("~", "\\tilde", "\\widetilde"),
    "~": ("~", "\\tilde", "\\widetilde"), "\u0304": ("¯", "\\bar", "\\overline"),
    "\u0305": ("¯", "\\bar", "\\overline"),
    "¯": ("¯", "\\bar", "\\overline"), "‾": ("¯", "\\bar", "\\overline"),
    "\u20d7": ("→", "\\vec", "\\overrightarrow"),
    "→": ("→", "\\vec", "\\overrightarrow"), "\u20d6": ("←", "\\overleftarrow", "\\overleftarrow"),
    "\u20e1": ("↔", "\\overleftrightarrow", "\\overleftrightarrow"),
    "\u20d1": ("⇀", "\\vec", "\\overrightarrow"),
    "\u0307": ("˙", "\\dot", "\\dot"), "\u0308": ("¨", "\\ddot", "\\ddot"),
    "\u20db": ("⃛", "\\dddot", "\\dddot"),
    "\u030c": ("ˇ", "\\check", "\\check"), "\u0306": ("˘", "\\breve", "\\breve"),
    "\u0301": ("´", "\\acute", "\\acute"),
    "\u0300": ("`", "\\grave", "\\grave"),
}  # fmt: skip
"""By accent character: what MathML draws, LaTeX over one letter, LaTeX over several."""

FUNCTIONS = frozenset(
    [
        "arccos",
        "arcsin",
        "arctan",
        "arg",
        "cos",
        "cosh",
        "cot",
        "coth",
        "csc",
        "deg",
        "det",
        "dim",
        "exp",
        "gcd",
        "hom",
        "inf",
        "ker",
        "lg",
        "lim",
        "liminf",
        "limsup",
        "ln",
        "log",
        "max",
        "min",
        "Pr",
        "sec",
        "sin",
        "sinh",
        "sup",
        "tan",
        "tanh",
    ]
)
RUN_TOGETHER = ("sin", "cos", "tan", "cot", "log", "ln")
"""Function names that teachers type without leaving the italics, as in "2sinx"."""

RAISED: Mapping[str, tuple[str, str]] = {
    "'": ("′", "'"), "’": ("′", "'"), "′": ("′", "'"), "″": ("″", "''"), "‴": ("‴", "'''"),
    **{raised: (digit, f"^{{{digit}}}") for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)},
    "°": ("∘", "^{\\circ}"), "⁻": ("−", "^{-}"), "⁺": ("+", "^{+}"), "ⁿ": ("n", "^{n}"),
}  # fmt: skip
LOWERED: Mapping[str, tuple[str, str]] = {
    lowered: (digit, f"_{{{digit}}}") for lowered, digit in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)
}

MINUS_SIGNS = frozenset("-–−‐‑")
