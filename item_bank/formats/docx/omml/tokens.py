"""The characters of a formula: identifiers, numbers, operators, words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from item_bank.formats.docx.omml.pieces import EMPTY, THIN_SPACE, Piece, element, token
from item_bank.formats.docx.omml.symbols import (
    FENCES,
    FUNCTIONS,
    LETTERS,
    LOWERED,
    MINUS_SIGNS,
    N_ARY,
    OPERATORS,
    RAISED,
    RUN_TOGETHER,
    UPRIGHT,
)

Script = Literal["roman", "double-struck", "script", "fraktur", "sans-serif", "monospace"]
_SCRIPT_LATEX = {"double-struck": "\\mathbb", "script": "\\mathcal", "fraktur": "\\mathfrak"}
# Letters of these alphabets that Unicode put elsewhere, before it had a block for them.
_EXCEPTIONS = {
    ("double-struck", "C"): "ℂ", ("double-struck", "H"): "ℍ", ("double-struck", "N"): "ℕ",
    ("double-struck", "P"): "ℙ",
    ("double-struck", "Q"): "ℚ", ("double-struck", "R"): "ℝ", ("double-struck", "Z"): "ℤ",
    ("script", "B"): "ℬ",
    ("script", "E"): "ℰ", ("script", "F"): "ℱ", ("script", "H"): "ℋ", ("script", "I"): "ℐ",
    ("script", "L"): "ℒ",
    ("script", "M"): "ℳ", ("script", "R"): "ℛ", ("script", "e"): "ℯ", ("script", "g"): "ℊ",
    ("script", "o"): "ℴ",
    ("fraktur", "C"): "ℭ", ("fraktur", "H"): "ℌ", ("fraktur", "I"): "ℑ", ("fraktur", "R"): "ℜ",
    ("fraktur", "Z"): "ℨ",
}  # fmt: skip
_ALPHABETS = {
    "double-struck": (0x1D538, 0x1D552),
    "script": (0x1D49C, 0x1D4B6),
    "fraktur": (0x1D504, 0x1D51E),
    "bold": (0x1D400, 0x1D41A),
}

_ALPHABETIC = r"[^\W\d_⁰-ⁿ₀-₉¹²³]"
_PRIMES = re.compile("['’′]{2,3}")

_SCANNER = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>\d+(?:\.\d{3})+(?!\d)(?:,\d+)?|(?<!\d,)\d+,\d+(?!\d*,\d)|\d+\.\d+|\d+)"
    rf"|(?P<word>{_ALPHABETIC}+)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_PHRASE = re.compile(rf"{_ALPHABETIC}+(?:[ \u00a0,]+{_ALPHABETIC}+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunStyle:
    """How a math run is written. ``text`` is Word's "normal text", ``plain`` its upright style."""

    text: bool = False
    plain: bool = False
    bold: bool = False
    script: Script = "roman"


def tokenise(raw: str, style: RunStyle) -> list[Piece]:
    """The pieces of a run of characters."""
    composed = "".join(map(_plain_letter, unicodedata.normalize("NFC", raw)))
    text = _PRIMES.sub(lambda primes: "″" if len(primes[0]) == 2 else "‴", composed)
    if style.text and any(character.isalpha() for character in text):
        return [_text_piece(text)]
    return list(_scan(text, style))


def _plain_letter(character: str) -> str:
    # Word stores slanted letters as ordinary ones, other programs as "mathematical italic".
    return unicodedata.normalize("NFKC", character) if 0x1D400 <= ord(character) <= 0x1D7FF else character


def _scan(text: str, style: RunStyle) -> Iterator[Piece]:
    place = 0
    for start, end in _phrases(text):
        yield from _scan_symbols(text[place:start], style)
        yield _text_piece(text[start:end])
        place = end
    yield from _scan_symbols(text[place:], style)


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    for phrase in _PHRASE.finditer(text):
        words = list(re.finditer(rf"{_ALPHABETIC}+", phrase[0]))
        while words and _is_variable(words[0][0]):
            words.pop(0)
        while words and _is_variable(words[-1][0]):
            words.pop()
        if any(_is_word(word[0]) for word in words):
            yield phrase.start() + words[0].start(), phrase.start() + words[-1].end()


def _is_variable(word: str) -> bool:
    return (len(word) == 1 and not _is_word(word)) or word in FUNCTIONS


def _is_word(word: str) -> bool:
    """Whether it has a letter with Vietnamese signs, which no variable has."""
    return (
        any(ord(letter) > 0x7F and unicodedata.name(letter, "").startswith("LATIN") for letter in word)
        and word not in LETTERS
    )


def _scan_symbols(text: str, style: RunStyle) -> Iterator[Piece]:
    for match in _SCANNER.finditer(text):
        match match.lastgroup:
            case "space":
                yield THIN_SPACE
            case "number":
                yield _number(match[0], style)
            case "word":
                yield from _word(match[0], style)
            case _:
                yield _symbol(match[0])


def _number(digits: str, style: RunStyle) -> Piece:
    latex = digits.replace(",", "{,}")
    shown = digits
    if style.bold:
        latex = f"\\mathbf{{{latex}}}"
        shown = "".join(
            chr(0x1D7CE + int(digit)) if digit.isascii() and digit.isdigit() else digit for digit in digits
        )
    return Piece(mathml=token("mn", shown), latex=latex, single=True)


def _word(word: str, style: RunStyle) -> Iterator[Piece]:
    if style.script != "roman" or style.bold:
        yield from (_styled(letter, style) for letter in word)
    elif word in FUNCTIONS:
        yield function_name(word)
    elif style.plain and len(word) > 1 and word.isascii():
        yield Piece(mathml=token("mi", word), latex=f"\\mathrm{{{word}}}", single=True)
    else:
        yield from _letters(word, style)


def _letters(word: str, style: RunStyle) -> Iterator[Piece]:
    place = 0
    while place < len(word):
        name = next((name for name in RUN_TOGETHER if word.startswith(name, place)), None)
        yield _letter(word[place], plain=style.plain) if name is None else function_name(name)
        place += 1 if name is None else len(name)


def function_name(name: str) -> Piece:
    """A function's upright name."""
    latex = f"\\{name}" if name in FUNCTIONS else f"\\operatorname{{{name}}}"
    variant = ' mathvariant="normal"' if len(name) == 1 else ""
    return Piece(mathml=token("mi", name, variant), latex=latex, role="function", single=True, name=name)


def _letter(letter: str, *, plain: bool) -> Piece:
    latex = LETTERS.get(letter, letter if letter.isascii() else f"\\text{{{letter}}}")
    if plain and letter.isascii():
        latex = f"\\mathrm{{{letter}}}"
    variant = ' mathvariant="normal"' if plain or letter in UPRIGHT else ""
    return Piece(mathml=token("mi", letter, variant), latex=latex, single=True, name="" if plain else letter)


def _styled(letter: str, style: RunStyle) -> Piece:
    alphabet = "bold" if style.script == "roman" else style.script
    if not (letter.isascii() and alphabet in _ALPHABETS):
        plain = _letter(letter, plain=style.plain)
        latex = f"\\boldsymbol{{{plain.latex}}}" if style.bold else plain.latex
        return Piece(mathml=plain.mathml, latex=latex, single=True)
    upper, lower = _ALPHABETS[alphabet]
    drawn = chr(upper + ord(letter) - 65 if letter.isupper() else lower + ord(letter) - 97)
    command = _SCRIPT_LATEX.get(alphabet, "\\mathbf" if style.plain else "\\boldsymbol")
    drawn = _EXCEPTIONS.get((alphabet, letter), drawn)
    return Piece(mathml=token("mi", drawn), latex=f"{command}{{{letter}}}", single=True)


def _symbol(character: str) -> Piece:
    if character in MINUS_SIGNS:
        return Piece(mathml=token("mo", "−"), latex="-", role="operator")
    if character in RAISED:
        drawn, latex = RAISED[character]
        return Piece(mathml=token("mn" if drawn.isdigit() else "mo", drawn), latex=latex, role="raised")
    if character in LOWERED:
        drawn, latex = LOWERED[character]
        return Piece(mathml=token("mn", drawn), latex=latex, role="lowered")
    if character in LETTERS:
        return _letter(character, plain=False)
    return _operator(character)


def _operator(character: str) -> Piece:
    if character in FENCES:
        opens = character in "([{⌊⌈⟨〈⟦"
        return Piece(
            # A bracket typed as a character must not grow with its neighbours.
            mathml=token("mo", character, ' stretchy="false"'),
            latex=FENCES[character],
            role="open" if opens else "close" if character not in "|‖" else "atom",
            single=not opens,
        )
    if character in N_ARY:
        return Piece(
            mathml=token("mo", character), latex=N_ARY[character], role="integral", tall=True, single=True
        )
    if character in OPERATORS:
        return Piece(mathml=token("mo", character), latex=OPERATORS[character], role="operator", single=True)
    return Piece(mathml=token("mtext", character), latex=f"\\text{{{_escaped(character)}}}", single=True)


def _text_piece(text: str) -> Piece:
    # Spaces at the ends of a token are dropped by MathML, but not no-break spaces.
    words = text.strip()
    lead = len(text) - len(text.lstrip())
    shown = "\u00a0" * lead + words + "\u00a0" * (len(text) - len(words) - lead)
    return Piece(mathml=token("mtext", shown), latex=f"\\text{{{_escaped(text)}}}", role="text", single=True)


_ESCAPES = str.maketrans(
    {
        **{mark: f"\\{mark}" for mark in "#$%&_{}"},
        "\\": "\\textbackslash{}",
        "~": "\\textasciitilde{}",
        "^": "\\^{}",
    }
)


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def attach(base: Piece | None, script: Piece) -> Piece:
    """A raised or lowered character set on what stands before it."""
    base = base or EMPTY
    tag = "msup" if script.role == "raised" else "msub"
    return Piece(
        mathml=element(tag, base.mathml, script.mathml),
        latex=(base.latex if base.single and base.latex else "{" + base.latex + "}") + script.latex,
        single=script.latex.startswith("'"),
        tall=base.tall,
    )
