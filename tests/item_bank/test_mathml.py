import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from item_bank import mathml
from item_bank.mathml import sanitise_mathml

HEAD = '<math xmlns="http://www.w3.org/1998/Math/MathML">'


def math(inner: str) -> str:
    return f"{HEAD}{inner}</math>"


@pytest.mark.parametrize(
    "inner",
    [
        "<mfrac><mrow><mn>2</mn><mi>x</mi><mo>+</mo><mn>1</mn></mrow><mi>y</mi></mfrac>",
        '<msubsup><mo largeop="true">∫</mo><mn>0</mn><mn>1</mn></msubsup><msqrt><mi>x</mi></msqrt>',
        '<mo stretchy="true">{</mo><mtable columnalign="left"><mtr><mtd><mi>x</mi></mtd></mtr></mtable>',
        '<mover accent="true"><mi>AB</mi><mo>→</mo></mover><mspace width="0.17em"/><mtext>với mọi</mtext>',
        "<mmultiscripts><mi>C</mi><mi>k</mi><none/><mprescripts/><none/><mi>n</mi></mmultiscripts>",
        '<mi mathvariant="normal">sin</mi><mo>\u2061</mo><mi>α</mi>',
    ],
)
def test_what_formulas_are_made_of_comes_through_unchanged(inner: str) -> None:
    assert sanitise_mathml(math(inner)) == math(inner)


def test_the_namespace_is_added_and_white_space_between_elements_dropped() -> None:
    assert sanitise_mathml("<math>\n <mrow> <mi>x</mi>\n</mrow></math>") == math("<mrow><mi>x</mi></mrow>")


def test_a_prefix_is_resolved() -> None:
    text = '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math>'
    assert sanitise_mathml(text) == math("<mi>x</mi>")


HOSTILE = [
    "<script>alert(1)</script>",
    '<mi href="javascript:alert(1)">x</mi>',
    '<mi xlink:href="javascript:alert(1)" xmlns:xlink="http://www.w3.org/1999/xlink">x</mi>',
    '<mi style="background:url(//evil)">x</mi>',
    '<mi onclick="alert(1)">x</mi>',
    '<mi class="a">x</mi>',
    '<mi id="a">x</mi>',
    '<semantics><mi>x</mi><annotation-xml encoding="text/html"><b/></annotation-xml></semantics>',
    '<maction actiontype="statusline"><mi>x</mi></maction>',
    '<mi xmlns="http://www.w3.org/1999/xhtml">x</mi>',
    '<img xmlns="http://www.w3.org/1999/xhtml" src="x"/>',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    "<mtext><b>x</b></mtext>",
    '<mglyph src="x"/>',
    "<mfrac><mn>1</mn></mfrac>",
    "<mtable><mi>x</mi></mtable>",
    "<mrow>text<mi>x</mi></mrow>",
    "<mi>x</mi>tail",
    '<mspace width="calc(100vw)"/>',
    '<mspace width="99999999em"/>',
    '<mi mathvariant="url(x)">x</mi>',
]


@pytest.mark.parametrize("inner", HOSTILE)
def test_anything_else_is_refused(inner: str) -> None:
    with pytest.raises(ValueError, match="mathml_not_allowed"):
        sanitise_mathml(math(inner))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "<math>",
        "<math/><math/>",
        '<!DOCTYPE math [<!ENTITY e "x">]><math><mi>&e;</mi></math>',
        '<!DOCTYPE math SYSTEM "file:///nowhere"><math/>',
        "<math><!-- c --></math>",
        "<math><?php x ?></math>",
        "<math><mi><![CDATA[<script>]]></mi></math>",
        '<?xml version="1.0" encoding="utf-16"?><math/>',
        "<math><mi>&unknown;</mi></math>",
        "<math><mi>\x00</mi></math>",
    ],
)
def test_what_is_not_plain_well_formed_xml_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mathml_unreadable"):
        sanitise_mathml(text)


def test_the_root_is_a_formula() -> None:
    with pytest.raises(ValueError, match="mathml_not_allowed"):
        sanitise_mathml("<mrow/>")


def test_size_and_depth_have_limits() -> None:
    with pytest.raises(ValueError, match="mathml_too_deep"):
        sanitise_mathml(math("<mrow>" * 80 + "</mrow>" * 80))
    with pytest.raises(ValueError, match="mathml_too_long"):
        sanitise_mathml(math("<mi>x</mi>" * 10_000))


names = st.sampled_from(
    ["mi", "mrow", "math", "mfrac", "script", "img", "annotation-xml", "a", "mtd", "mo", "style"]
)
keys = st.sampled_from(
    ["href", "style", "onload", "display", "stretchy", "src", "xml:base", "class", "width"]
)
values = st.sampled_from(["true", "block", "javascript:alert(1)", "1em", "x"])
attributes = st.dictionaries(keys, values, max_size=2)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name, pairs = draw(names), draw(attributes)
    inner = draw(
        st.lists(elements(depth - 1) if depth else st.sampled_from(["x", "&lt;script&gt;", ""]), max_size=3)
    )
    written = "".join(f" {key}='{value}'" for key, value in pairs.items())
    return f"<{name}{written}>{''.join(inner)}</{name}>"


@given(st.lists(elements(), max_size=2).map(lambda inner: math("".join(inner))) | st.text(max_size=60))
def test_nothing_off_the_lists_ever_comes_through(text: str) -> None:
    try:
        clean = sanitise_mathml(text)
    except ValueError:
        return
    for element in etree.fromstring(clean).iter():
        name = etree.QName(element)
        assert name.namespace == mathml.NAMESPACE
        assert not {"script", "img", "annotation-xml", "a", "style"} & {name.localname}
        assert set(element.attrib) <= {"display", "stretchy", "width"}
        assert "javascript:alert(1)" not in element.attrib.values()
    assert sanitise_mathml(clean) == clean
