"""Word's formulas (OMML) to MathML and LaTeX."""

from item_bank.formats.docx.omml.pieces import UnreadableFormulaError, element
from item_bank.formats.docx.omml.structures import read_sequence
from item_bank.formats.docx.xml import Element, M
from item_bank.mathml import NAMESPACE, sanitise_mathml
from item_bank.richtext import Math

__all__ = ["UnreadableFormulaError", "read_formula"]

MAX_LATEX_CHARACTERS = 10_000


def read_formula(source: Element, *, display: bool) -> Math | None:
    """The formula of an ``m:oMath`` element; None for an empty one.

    Raises UnreadableFormulaError for structures that are not known, and for formulas too long or too deep.
    """
    if sum(len(text.text or "") for text in source.iter(f"{M}t")) > MAX_LATEX_CHARACTERS:
        raise UnreadableFormulaError
    piece = read_sequence(source)
    if not piece.latex.strip():
        return None
    if len(piece.latex) > MAX_LATEX_CHARACTERS:
        raise UnreadableFormulaError
    block = ' display="block"' if display else ""
    try:
        mathml = sanitise_mathml(element("math", piece.mathml, attributes=f' xmlns="{NAMESPACE}"{block}'))
    except ValueError as error:
        raise UnreadableFormulaError from error
    return Math(latex=piece.latex, mathml=mathml, display=display)
