"""Word's formula structures (OMML), each turned into MathML and LaTeX."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from item_bank.formats.docx.omml.pieces import (
    EMPTY,
    FUNCTION_SPACE,
    THIN_SPACE,
    WORD_SPACE,
    Piece,
    UnreadableFormulaError,
    base_latex,
    braced,
    element,
    join_latex,
    opens_with_fence,
    row,
    token,
)
from item_bank.formats.docx.omml.symbols import ACCENTS, FENCES, INTEGRALS, N_ARY
from item_bank.formats.docx.omml.tokens import RunStyle, Script, attach, function_name, tokenise
from item_bank.formats.docx.xml import Element, M, W, elements, is_on, value

MAX_DEPTH = 24

_VAL = f"{M}val"
_APPLY = token("mo", "\u2061")
_SCRIPTS: Mapping[str, Script] = {
    "double-struck": "double-struck",
    "script": "script",
    "fraktur": "fraktur",
    "sans-serif": "sans-serif",
    "monospace": "monospace",
}
_SKIPPED = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}bookmarkStart", f"{W}bookmarkEnd", f"{W}proofErr", f"{M}ctrlPr"}
    | {f"{W}commentRangeStart", f"{W}commentRangeEnd", f"{W}permStart", f"{W}permEnd", f"{M}argPr"}
)
_TRANSPARENT = frozenset({f"{W}ins", f"{W}moveTo", f"{M}oMath", f"{W}smartTag", f"{W}sdtContent"})


def read_sequence(parent: Element | None, depth: int = 0, *, integral: bool = False) -> Piece:
    """The content of an element such as ``m:e``, as one piece.

    Raises UnreadableFormulaError for what is not known, and for nesting beyond ``MAX_DEPTH``.
    """
    if parent is None:
        return EMPTY
    if depth > MAX_DEPTH:
        raise UnreadableFormulaError
    return row(arrange(_read_children(parent, depth), integral=integral))


def _read_children(parent: Element, depth: int) -> list[Piece]:
    pieces: list[Piece] = []
    text, style = "", RunStyle()
    for child in _flat(parent):
        run = _run(child)
        if run is not None and (run[1] == style or not text):
            text, style = text + run[0], run[1]
            continue
        pieces += tokenise(text, style)
        text, style = run or ("", RunStyle())
        if run is None:
            pieces.append(_structure(child, depth))
    return pieces + tokenise(text, style)


def _flat(parent: Element) -> Iterator[Element]:
    for child in elements(parent):
        if child.tag in _SKIPPED or child.tag.endswith("Pr"):
            continue
        if child.tag in _TRANSPARENT:
            yield from _flat(child)
        elif child.tag == f"{W}sdt":
            yield from (inner for part in child.iterfind(f"{W}sdtContent") for inner in _flat(part))
        else:
            yield child


def _run(child: Element) -> tuple[str, RunStyle] | None:
    if child.tag == f"{M}r":
        return "".join(text.text or "" for text in child.iter(f"{M}t", f"{W}t")), _run_style(
            child.find(f"{M}rPr")
        )
    if child.tag == f"{W}r":
        return "".join(text.text or "" for text in child.iter(f"{W}t")), RunStyle(text=True)
    return None


def _run_style(properties: Element | None) -> RunStyle:
    slant = value(properties, f"{M}sty", _VAL) or "i"
    return RunStyle(
        text=is_on(properties, f"{M}nor", M) or False,
        plain=slant in ("p", "b"),
        bold=slant in ("b", "bi"),
        script=_SCRIPTS.get(value(properties, f"{M}scr", _VAL) or "", "roman"),
    )


def arrange(pieces: Sequence[Piece], *, integral: bool) -> list[Piece]:
    """Raised characters set on their base, only the spaces that part two terms, a differential spaced off."""
    made: list[Piece] = []
    for place, piece in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else None
        integral = integral or piece.role == "integral"
        if piece.role in ("raised", "lowered"):
            made.append(attach(made.pop() if made else None, piece))
        elif piece.role == "space":
            made += _space(made[-1] if made else None, following)
        else:
            made += [*_space_before(made[-1] if made else None, piece, following, integral=integral), piece]
            made += _space_behind(piece, following)
    return made


def _space_before(
    before: Piece | None, piece: Piece, following: Piece | None, *, integral: bool
) -> list[Piece]:
    if before is None or before.role in ("operator", "open", "space", "text"):
        return []
    if integral and _is_differential(piece, following):
        return [THIN_SPACE]
    return [FUNCTION_SPACE] if piece.role == "function" else []


def _space_behind(piece: Piece, following: Piece | None) -> list[Piece]:
    """Space between a function's name and an argument without brackets."""
    named = piece.role == "function" and bool(piece.name)
    argument = (
        following is not None and following.role in ("atom", "text") and not opens_with_fence(following)
    )
    return [FUNCTION_SPACE] if named and argument else []


def _space(before: Piece | None, after: Piece | None) -> list[Piece]:
    if before is None or after is None:
        return []
    if before.role == "function" and before.name:
        return _space_behind(before, after)
    if after.role == "function":  # which is set off in any case
        return []
    if "text" in (before.role, after.role):
        return [WORD_SPACE]
    return [THIN_SPACE] if _parts(before, after) else []


def _parts(before: Piece, after: Piece) -> bool:
    """Whether a space between the two means something."""
    return before.role not in ("operator", "open", "space") and after.role not in (
        "operator",
        "close",
        "raised",
        "lowered",
    )


def _is_differential(piece: Piece, following: Piece | None) -> bool:
    return piece.name == "d" and following is not None and len(following.name) == 1


def _structure(child: Element, depth: int) -> Piece:
    name = child.tag.removeprefix(M)
    if name not in _READERS:
        raise UnreadableFormulaError
    return _READERS[name](child, depth + 1)


def _part(parent: Element, name: str, depth: int) -> Piece:
    return read_sequence(parent.find(f"{M}{name}"), depth)


def _fraction(source: Element, depth: int) -> Piece:
    above, below = _part(source, "num", depth), _part(source, "den", depth)
    kind = value(source, f"{M}fPr/{M}type", _VAL) or "bar"
    if kind in ("lin", "skw"):
        line = element("mrow", above.mathml, token("mo", "/"), below.mathml)
        return Piece(
            mathml=line, latex=join_latex((above.latex, "/", below.latex)), tall=above.tall or below.tall
        )
    if kind == "noBar":
        stack = element("mfrac", above.mathml, below.mathml, attributes=' linethickness="0"')
        return Piece(mathml=stack, latex=f"{{{above.latex}\\atop {below.latex}}}", tall=True, name="noBar")
    latex = f"\\frac{braced(above)}{braced(below)}"
    return Piece(mathml=element("mfrac", above.mathml, below.mathml), latex=latex, tall=True)


def _radical(source: Element, depth: int) -> Piece:
    base, degree = _part(source, "e", depth), _part(source, "deg", depth)
    if is_on(source, f"{M}radPr/{M}degHide", M) or not degree.latex:
        return Piece(mathml=element("msqrt", base.mathml), latex=f"\\sqrt{braced(base)}", tall=base.tall)
    mathml = element("mroot", base.mathml, degree.mathml)
    return Piece(mathml=mathml, latex=f"\\sqrt[{degree.latex}]{braced(base)}", tall=base.tall)


def _superscript(source: Element, depth: int) -> Piece:
    base, above = _part(source, "e", depth), _part(source, "sup", depth)
    latex = f"{base_latex(base)}^{braced(above)}"
    return Piece(mathml=element("msup", base.mathml, above.mathml), latex=latex, tall=base.tall)


def _subscript(source: Element, depth: int) -> Piece:
    base, below = _part(source, "e", depth), _part(source, "sub", depth)
    latex = f"{base_latex(base)}_{braced(below)}"
    return Piece(mathml=element("msub", base.mathml, below.mathml), latex=latex, tall=base.tall)


def _both_scripts(source: Element, depth: int) -> Piece:
    base, below, above = (_part(source, name, depth) for name in ("e", "sub", "sup"))
    mathml = element("msubsup", base.mathml, below.mathml, above.mathml)
    return Piece(mathml=mathml, latex=f"{base_latex(base)}_{braced(below)}^{braced(above)}", tall=base.tall)


def _scripts_before(source: Element, depth: int) -> Piece:
    base, below, above = (_part(source, name, depth) for name in ("e", "sub", "sup"))
    mathml = element("mmultiscripts", base.mathml, "<mprescripts></mprescripts>", below.mathml, above.mathml)
    latex = join_latex((f"{{}}_{braced(below)}^{braced(above)}", base.latex))
    return Piece(mathml=mathml, latex=latex, tall=base.tall)


def _n_ary(source: Element, depth: int) -> Piece:
    properties = source.find(f"{M}naryPr")
    sign = value(properties, f"{M}chr", _VAL)
    sign = "∫" if sign is None else sign
    integral = sign in INTEGRALS
    stacked = (value(properties, f"{M}limLoc", _VAL) or ("subSup" if integral else "undOvr")) == "undOvr"
    below = None if is_on(properties, f"{M}subHide", M) else _part(source, "sub", depth)
    above = None if is_on(properties, f"{M}supHide", M) else _part(source, "sup", depth)
    operand = read_sequence(source.find(f"{M}e"), depth, integral=integral)
    scripts = _script_latex(below, above)
    command = N_ARY.get(sign, f"\\mathop{{{FENCES.get(sign, sign)}}}")
    placed = ("\\limits" if integral else "\\nolimits") if stacked == integral and scripts else ""
    operator = _limits(Piece(mathml=token("mo", sign), latex=""), below, above, stacked=stacked)
    shown = () if operand is EMPTY else (operand.mathml,)
    return Piece(
        mathml=element("mrow", operator, *shown),
        latex=join_latex((command + placed + scripts, operand.latex)),
        role="integral" if integral else "atom",
        tall=True,
    )


def _script_latex(below: Piece | None, above: Piece | None) -> str:
    lower = f"_{braced(below)}" if below is not None and below.latex else ""
    upper = f"^{braced(above)}" if above is not None and above.latex else ""
    return lower + upper


def _limits(base: Piece, below: Piece | None, above: Piece | None, *, stacked: bool) -> str:
    given = [piece.mathml for piece in (below, above) if piece is not None and piece.mathml != EMPTY.mathml]
    tags = ("munder", "mover", "munderover") if stacked else ("msub", "msup", "msubsup")
    if not given:
        return base.mathml
    if len(given) == 2:
        return element(tags[2], base.mathml, *given)
    has_below = below is not None and below.mathml != EMPTY.mathml
    return element(tags[0] if has_below else tags[1], base.mathml, *given)


def _limit_below(source: Element, depth: int) -> Piece:
    base, below = _part(source, "e", depth), _part(source, "lim", depth)
    mathml = element("munder", base.mathml, below.mathml)
    takes_limits = base.latex.startswith(
        ("\\lim", "\\max", "\\min", "\\sup", "\\inf", "\\underbrace", "\\sum", "\\prod")
    )
    latex = f"{base.latex}_{braced(below)}" if takes_limits else f"\\underset{braced(below)}{braced(base)}"
    return Piece(mathml=mathml, latex=latex, single=True, tall=True, name=base.name if takes_limits else "")


def _limit_above(source: Element, depth: int) -> Piece:
    base, above = _part(source, "e", depth), _part(source, "lim", depth)
    mathml = element("mover", base.mathml, above.mathml)
    takes_limits = base.latex.startswith("\\overbrace")
    latex = f"{base.latex}^{braced(above)}" if takes_limits else f"\\overset{braced(above)}{braced(base)}"
    return Piece(mathml=mathml, latex=latex, single=True, tall=True)


def _function(source: Element, depth: int) -> Piece:
    name, operand = _function_head(source, depth), _part(source, "e", depth)
    gap = "" if opens_with_fence(operand) else FUNCTION_SPACE.mathml
    shown = () if operand is EMPTY else (_APPLY, gap, operand.mathml)
    return Piece(
        mathml=element("mrow", name.mathml, *shown),
        latex=join_latex((name.latex, operand.latex)),
        role="function",
        tall=name.tall or operand.tall,
    )


def _function_head(source: Element, depth: int) -> Piece:
    name = source.find(f"{M}fName")
    letters = "" if name is None else "".join(text.text or "" for text in name.iter(f"{M}t")).strip()
    only_runs = name is not None and all(_run(child) is not None for child in _flat(name))
    if only_runs and letters.isascii() and letters.isalpha():
        return function_name(letters)
    return read_sequence(name, depth)


def _delimited(source: Element, depth: int) -> Piece:
    properties = source.find(f"{M}dPr")
    opening, closing, between = (
        default if given is None else given
        for given, default in (
            (value(properties, f"{M}begChr", _VAL), "("),
            (value(properties, f"{M}endChr", _VAL), ")"),
            (value(properties, f"{M}sepChr", _VAL), "|"),
        )
    )
    parts = list(source.iterfind(f"{M}e"))
    only = _only_child(parts[0]) if len(parts) == 1 else None
    if only is not None and only.tag in (f"{M}eqArr", f"{M}m"):
        return _fenced_table(only, opening, closing, depth)
    return _fence([read_sequence(part, depth) for part in parts], opening, closing, between)


def _only_child(part: Element) -> Element | None:
    children = [child for child in _flat(part) if _run(child) is None or (_run(child) or ("",))[0].strip()]
    return children[0] if len(children) == 1 else None


def _fence(parts: list[Piece], opening: str, closing: str, between: str) -> Piece:
    if opening == "(" and closing == ")" and len(parts) == 1 and parts[0].name == "noBar":
        return _binomial(parts[0])
    tall = any(part.tall for part in parts)
    bar = f"\\middle{_fence_latex(between)} " if tall and between in FENCES else _separator(between)
    inner_latex = bar.join(part.latex for part in parts)
    inner = (
        token("mo", between).join(part.mathml for part in parts)
        if between
        else "".join(p.mathml for p in parts)
    )
    stretch = "" if tall else ' stretchy="false"'
    left = token("mo", opening, f' form="prefix"{stretch}') if opening else ""
    right = token("mo", closing, f' form="postfix"{stretch}') if closing else ""
    return Piece(
        mathml=element("mrow", left, inner, right),
        latex=_fence_around(inner_latex, opening, closing, tall=tall),
        tall=tall,
        single=bool(opening and closing),
    )


def _binomial(stack: Piece) -> Piece:
    left, right = token("mo", "(", ' form="prefix"'), token("mo", ")", ' form="postfix"')
    above, _, below = stack.latex[1:-1].partition("\\atop ")
    return Piece(
        mathml=element("mrow", left, stack.mathml, right), latex=f"\\binom{{{above}}}{{{below}}}", tall=True
    )


def _separator(between: str) -> str:
    return FENCES.get(between, between)


def _fence_latex(character: str) -> str:
    return FENCES.get(character, character) if character else "."


def _fence_around(inner: str, opening: str, closing: str, *, tall: bool) -> str:
    if tall:
        return join_latex((f"\\left{_fence_latex(opening)}", inner, f"\\right{_fence_latex(closing)}"))
    return join_latex(
        (_fence_latex(opening) if opening else "", inner, _fence_latex(closing) if closing else "")
    )


_MATRICES = {("(", ")"): "pmatrix", ("[", "]"): "bmatrix", ("|", "|"): "vmatrix", ("‖", "‖"): "Vmatrix"}


def _fenced_table(table: Element, opening: str, closing: str, depth: int) -> Piece:
    rows = _table_rows(table, depth + 1)
    cases = opening == "{" and not closing
    left = token("mo", opening, ' form="prefix"') if opening else ""
    right = token("mo", closing, ' form="postfix"') if closing else ""
    mathml = element("mrow", left, _table_mathml(rows, left_aligned=cases or table.tag == f"{M}eqArr"), right)
    environment = "cases" if cases else _MATRICES.get((opening, closing)) if table.tag == f"{M}m" else None
    if environment is None:
        inner = _table_latex(rows, "aligned" if table.tag == f"{M}eqArr" else "matrix")
        return Piece(
            mathml=mathml, latex=_fence_around(inner, opening, closing, tall=True), tall=True, single=True
        )
    return Piece(mathml=mathml, latex=_table_latex(rows, environment), tall=True, single=True)


def _table_rows(table: Element, depth: int) -> list[list[Piece]]:
    if table.tag == f"{M}eqArr":
        return [[_aligned_row(part, depth)] for part in table.iterfind(f"{M}e")]
    return [
        [read_sequence(part, depth) for part in line.iterfind(f"{M}e")] for line in table.iterfind(f"{M}mr")
    ]


def _aligned_row(part: Element, depth: int) -> Piece:
    # "&" in Word's equation arrays marks where rows line up; it is not a character of the formula.
    pieces = [piece for piece in _read_children(part, depth) if piece.latex != "\\&"]
    return row(arrange(pieces, integral=False))


def _table_mathml(rows: list[list[Piece]], *, left_aligned: bool) -> str:
    lines = (element("mtr", *(element("mtd", cell.mathml) for cell in line)) for line in rows)
    return element("mtable", *lines, attributes=' columnalign="left"' if left_aligned else "")


def _table_latex(rows: list[list[Piece]], environment: str) -> str:
    lines = " \\\\ ".join(" & ".join(cell.latex for cell in line) for line in rows)
    return f"\\begin{{{environment}}}{lines}\\end{{{environment}}}"


def _matrix(source: Element, depth: int) -> Piece:
    rows = _table_rows(source, depth)
    return Piece(
        mathml=_table_mathml(rows, left_aligned=False), latex=_table_latex(rows, "matrix"), tall=True
    )


def _equation_array(source: Element, depth: int) -> Piece:
    rows = _table_rows(source, depth)
    return Piece(
        mathml=_table_mathml(rows, left_aligned=True), latex=_table_latex(rows, "aligned"), tall=True
    )


def _accent(source: Element, depth: int) -> Piece:
    base = _part(source, "e", depth)
    given = value(source, f"{M}accPr/{M}chr", _VAL)
    character = "\u0302" if given is None else given
    if character not in ACCENTS:
        raise UnreadableFormulaError
    drawn, narrow, wide = ACCENTS[character]
    one_letter = len(base.name) == 1
    stretch = ' stretchy="false"' if one_letter else ""
    mathml = element("mover", base.mathml, token("mo", drawn, stretch), attributes=' accent="true"')
    latex = f"{narrow if one_letter else wide}{braced(base)}"
    return Piece(mathml=mathml, latex=latex, single=True, tall=base.tall)


def _bar(source: Element, depth: int) -> Piece:
    base = _part(source, "e", depth)
    if value(source, f"{M}barPr/{M}pos", _VAL) == "top":
        mathml = element("mover", base.mathml, token("mo", "¯"), attributes=' accent="true"')
        return Piece(mathml=mathml, latex=f"\\overline{braced(base)}", single=True, tall=base.tall)
    mathml = element("munder", base.mathml, token("mo", "_"))
    return Piece(mathml=mathml, latex=f"\\underline{braced(base)}", single=True, tall=base.tall)


_GROUPS = {
    "⏞": "\\overbrace",
    "⏟": "\\underbrace",
    "⏜": "\\overparen",
    "→": "\\overrightarrow",
    "¯": "\\overline",
}


def _group(source: Element, depth: int) -> Piece:
    base = _part(source, "e", depth)
    given = value(source, f"{M}groupChrPr/{M}chr", _VAL)
    character = "⏟" if given is None else given
    on_top = value(source, f"{M}groupChrPr/{M}pos", _VAL) == "top"
    mathml = element("mover" if on_top else "munder", base.mathml, token("mo", character))
    command = _GROUPS.get(character)
    if command is None or on_top != (command != "\\underbrace"):
        drawn = join_latex(piece.latex for piece in tokenise(character, RunStyle()))
        command = f"\\overset{{{drawn}}}" if on_top else f"\\underset{{{drawn}}}"
    return Piece(mathml=mathml, latex=f"{command}{braced(base)}", single=True, tall=True)


def _box(source: Element, depth: int) -> Piece:
    return _part(source, "e", depth)


def _border_box(source: Element, depth: int) -> Piece:
    base = _part(source, "e", depth)
    # MathML Core has no frame; what is framed stays readable.
    return Piece(mathml=base.mathml, latex=f"\\boxed{braced(base)}", single=True, tall=base.tall)


def _phantom(source: Element, depth: int) -> Piece:
    base = _part(source, "e", depth)
    if is_on(source, f"{M}phantPr/{M}show", M) is not False:
        return base
    return Piece(mathml=element("mphantom", base.mathml), latex=f"\\phantom{braced(base)}", tall=base.tall)


_READERS: Mapping[str, Callable[[Element, int], Piece]] = {
    "acc": _accent,
    "bar": _bar,
    "borderBox": _border_box,
    "box": _box,
    "d": _delimited,
    "eqArr": _equation_array,
    "f": _fraction,
    "func": _function,
    "groupChr": _group,
    "limLow": _limit_below,
    "limUpp": _limit_above,
    "m": _matrix,
    "nary": _n_ary,
    "phant": _phantom,
    "rad": _radical,
    "sPre": _scripts_before,
    "sSub": _subscript,
    "sSubSup": _both_scripts,
    "sSup": _superscript,
}
