"""Parts of a formula in both languages at once: MathML and LaTeX."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape

Role = Literal[
    "atom", "operator", "open", "close", "space", "raised", "lowered", "integral", "function", "text"
]

_ENDS_IN_COMMAND = re.compile(r"\\[A-Za-z]+\Z")


class UnreadableFormulaError(Exception):
    """The formula holds something this reader does not know; it must not be shown in part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One part of a formula.

    ``single`` pieces take scripts and accents without braces; ``tall`` ones stretch fences.
    ``name`` is the letter of a one-letter identifier.
    """

    mathml: str
    latex: str
    role: Role = "atom"
    single: bool = False
    tall: bool = False
    name: str = ""


EMPTY = Piece(mathml="<mrow></mrow>", latex="", single=True)
THIN_SPACE = Piece(mathml='<mspace width="0.167em"></mspace>', latex="\\,", role="space")
# LaTeX sets functions off by itself, browsers do not.
FUNCTION_SPACE = Piece(mathml=THIN_SPACE.mathml, latex="", role="space")
WORD_SPACE = Piece(mathml='<mspace width="0.333em"></mspace>', latex="\\ ", role="space")


def token(tag: str, text: str, attributes: str = "") -> str:
    """A MathML token element."""
    return f"<{tag}{attributes}>{escape(text)}</{tag}>"


def element(tag: str, *children: str, attributes: str = "") -> str:
    """A MathML element of elements."""
    return f"<{tag}{attributes}>{''.join(children)}</{tag}>"


def join_latex(parts: Iterable[str]) -> str:
    """LaTeX side by side, with a space only where a command would swallow the next letter."""
    text = ""
    for part in parts:
        needs_space = part[:1].isalpha() and _ENDS_IN_COMMAND.search(text[-40:]) is not None
        text += f" {part}" if needs_space else part
    return text


def row(pieces: Sequence[Piece]) -> Piece:
    """The pieces as one."""
    if not pieces:
        return EMPTY
    if len(pieces) == 1:
        return pieces[0]
    return Piece(
        mathml=element("mrow", *_with_signs(pieces)),
        latex=join_latex(piece.latex for piece in pieces),
        tall=any(piece.tall for piece in pieces),
    )


_SIGN = re.compile(r"<mo>([−+±∓])</mo>")


def _with_signs(pieces: Sequence[Piece]) -> Iterator[str]:
    """The pieces' MathML. A sign after an operator or a bracket belongs to what follows: a browser sets it as
    a difference unless it is told."""
    before: Role = "atom"
    for piece in pieces:
        lone = before in ("operator", "open")
        yield (
            _SIGN.sub(r'<mo form="prefix">\1</mo>', piece.mathml)
            if lone and piece.role == "operator"
            else piece.mathml
        )
        before = before if piece.role == "space" else piece.role


def braced(piece: Piece) -> str:
    """LaTeX in braces."""
    return f"{{{piece.latex}}}"


_FENCE_FIRST = re.compile(r"(?:<mrow>)*<mo[^>]*>[(\[{|‖⌊⌈]")


def opens_with_fence(piece: Piece) -> bool:
    """Whether a bracket is its first character."""
    return _FENCE_FIRST.match(piece.mathml) is not None


def base_latex(piece: Piece) -> str:
    """LaTeX that a script may follow."""
    return piece.latex if piece.single and piece.latex else braced(piece)
