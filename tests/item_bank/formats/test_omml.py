"""Word's formulas to LaTeX and MathML: golden pairs, each looked at, and what holds for any formula."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from item_bank.formats.docx import read_docx
from item_bank.formats.docx.omml import UnreadableFormulaError, read_formula
from item_bank.mathml import sanitise_mathml
from item_bank.richtext import Math, Paragraph
from tests.item_bank.formats.docx_builder import NAMESPACES, docx, math_run, p

GOLDEN: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "omml_golden.json").read_text())


def read(content: str) -> Math | None:
    return read_formula(etree.fromstring(f"<m:oMath {NAMESPACES}>{content}</m:oMath>"), display=False)


@pytest.mark.parametrize("name", GOLDEN)
def test_golden(name: str) -> None:
    formula = read(GOLDEN[name]["omml"])
    assert formula is not None
    assert formula.latex == GOLDEN[name]["latex"]
    assert re.sub(r' xmlns="[^"]*"', "", formula.mathml) == GOLDEN[name]["mathml"]


@pytest.mark.parametrize("content", ["", math_run(""), math_run("  "), "<m:r/>"])
def test_an_empty_formula_is_none(content: str) -> None:
    assert read(content) is None


@pytest.mark.parametrize(
    "content", ["<m:newThing/>", "<m:acc><m:accPr><m:chr m:val='@'/></m:accPr><m:e/></m:acc>"]
)
def test_what_is_not_known_is_not_shown_in_part(content: str) -> None:
    with pytest.raises(UnreadableFormulaError):
        read(math_run("x=") + content)


def test_too_long() -> None:
    with pytest.raises(UnreadableFormulaError):
        read(math_run("x+" * 10_000))


def test_a_formula_of_its_own_is_displayed() -> None:
    block = f"<m:oMathPara><m:oMath>{math_run('x=1')}</m:oMath></m:oMathPara>"
    stem = read_docx(docx(p("Câu 1. Giải:"), p(block), p("A. 1\tB. 2\tC. 3\tD. 4"))).items[0].content.stem
    assert isinstance(stem[1], Paragraph)
    formula = stem[1].children[0]
    assert isinstance(formula, Math)
    assert formula.display
    assert 'display="block"' in formula.mathml


def braces_balance(latex: str) -> bool:
    depth = 0
    for token in re.findall(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth < 0:
            return False
    return depth == 0


@pytest.mark.parametrize("name", GOLDEN)
def test_braces_and_environments_close(name: str) -> None:
    latex = GOLDEN[name]["latex"]
    assert braces_balance(latex)
    assert re.findall(r"\\begin\{(\w+)\}", latex) == re.findall(r"\\end\{(\w+)\}", latex)[::-1]
    assert latex.count("\\left") - latex.count("\\leftarrow") == latex.count("\\right") - latex.count(
        "\\rightarrow"
    )


LEAVES = st.text("xyαab0123456789,.;+-=()[]{}'°²∫√→≤ nếuĐ\\$#&%_^~<>\"", max_size=6).map(math_run)


def structure(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def fill(parts: list[str]) -> str:
        kind, first, second, third = parts
        names = {
            "f": ("num", "den"),
            "rad": ("deg", "e"),
            "nary": ("sub", "sup", "e"),
            "sSubSup": ("e", "sub", "sup"),
        }
        inside = zip(names.get(kind, ("e", "sup")), (first, second, third), strict=False)
        return f"<m:{kind}>{''.join(f'<m:{name}>{part}</m:{name}>' for name, part in inside)}</m:{kind}>"

    kinds = st.sampled_from(
        ["f", "rad", "nary", "sSubSup", "sSup", "d", "acc", "bar", "eqArr", "func", "limLow"]
    )
    return st.tuples(kinds, children, children, children).map(list).map(fill) | st.lists(
        children, max_size=3
    ).map("".join)


@given(st.recursive(LEAVES, structure, max_leaves=12))
def test_any_formula_is_well_formed_or_refused(content: str) -> None:
    try:
        formula = read(content)
    except UnreadableFormulaError:
        return
    if formula is not None:
        assert sanitise_mathml(formula.mathml) == formula.mathml
        assert braces_balance(formula.latex)
