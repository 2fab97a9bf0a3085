"""What the data support saying of an item in plain words, and the limits from which on it is said.

A flag is raised only where chance does not explain it: by the bounds of an interval, or by p adjusted for all
items. The sentences are the catalogue's, section ``measurement``, key ``flag_<code>``.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from types import MappingProxyType

import msgspec

from exam_server.core.analysis.findings import ItemFindings, OptionFigures, PairFigures, Remark


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A flag's ``limit`` and where it comes from; ``attention`` when something should be done."""

    limit: float
    source: str
    attention: bool = False


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "too_few": Rule(
            limit=10, source="a 95 % interval of a share is wider than one half below 12 (Wilson 1927)"
        ),
        "option_attracts_best": Rule(
            limit=0.0,
            source="Lord & Novick (1968), 15.3: a wrong option's correlation is negative; bounds at 99 %",
            attention=True,
        ),
        "key_beaten": Rule(limit=1.96, source="sign test of the two counts at 95 %", attention=True),
        "reversed": Rule(
            limit=0.0, source="the correlation's upper 95 % bound (Fisher 1921) is below", attention=True
        ),
        "weak": Rule(
            limit=0.2,
            source="Ebel (1965), Measuring Educational Achievement: below 0.2 revise or reject",
            attention=True,
        ),
        "too_hard": Rule(
            limit=0.3,
            source="usual lower end of the useful range; the upper 95 % bound is below",
            attention=True,
        ),
        "too_easy": Rule(
            limit=0.9, source="usual upper end of the useful range; the lower 95 % bound is above"
        ),
        "many_empty": Rule(limit=0.2, source="one in five"),
        "unused_option": Rule(limit=30, source="with 30 scripts an option of 10 % is missed once in 24"),
        "misfit": Rule(
            limit=0.08,
            source="RMSEA of S-X²: Maydeu-Olivares & Joe (2014), MBR 49, 305–328; p for all items below 0.05",
            attention=True,
        ),
        "dif": Rule(
            limit=1.5, source="class C of the ETS: Zieky (1993), in Holland & Wainer, 337–347", attention=True
        ),
        "dependent": Rule(
            limit=0.2, source="Q3 above its mean: Christensen et al. (2017), APM 41, 178–194", attention=True
        ),
        "guessing": Rule(limit=0.1, source="the lower 95 % bound of c is above chance by so much"),
    }
)

ALPHA = 0.05
Z99 = 2.5758293035489004
Z95 = 1.959963984540054

_EXPLAINS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"option_attracts_best": frozenset({"key_beaten", "reversed", "weak", "too_hard", "misfit"})}
)
"""What follows from a flag is not said again."""


def flags_of(item: ItemFindings, pairs: Sequence[PairFigures]) -> tuple[Remark, ...]:
    """The flags of an item, the gravest first; ``pairs``: the items of the test that depend on each other."""
    if item.void:
        return ()
    if item.n < RULES["too_few"].limit:
        return (_flag("too_few", n=item.n),)
    found = [
        _attracts_best(item),
        _key_beaten(item),
        _discrimination(item),
        _difficulty(item),
        _misfit(item),
        *_dif(item),
        *_dependent(item, pairs),
        _guessing(item),
        _many_empty(item),
        _unused(item),
    ]
    raised = [flag for flag in found if flag is not None]
    explained = {code for flag in raised for code in _EXPLAINS.get(flag.code, frozenset())}
    return tuple(flag for flag in raised if flag.code not in explained)


def _flag(code: str, **params: str | int | float) -> Remark:
    return Remark(code=code, attention=RULES[code].attention, params=params)


def _wrong_options(item: ItemFindings) -> list[OptionFigures]:
    """The wrong options of a question with one right answer among several."""
    if item.kind != "single_choice":
        return []
    return [option for option in item.options if option.label and not option.right]


def _key(item: ItemFindings) -> OptionFigures | None:
    return next((option for option in item.options if option.right), None)


def _attracts_best(item: ItemFindings) -> Remark | None:
    """A wrong option whose choosers do better in the rest of the test than the others, and than the key's."""
    key = _key(item)
    half = Z99 / sqrt(item.n - 3)
    limit = RULES["option_attracts_best"].limit
    drawing = [
        (option.correlation, option.label)
        for option in _wrong_options(item)
        if option.correlation is not None and option.correlation - half * (1 - option.correlation**2) > limit
    ]
    if key is None or not drawing:
        return None
    r, label = max(drawing)
    if key.correlation is not None and key.correlation >= r:
        return None
    return _flag("option_attracts_best", option=label, key=key.label)


def _key_beaten(item: ItemFindings) -> Remark | None:
    """A wrong option chosen more often than a key that does not draw the strong: where it does, the question
    is hard and the key stands."""
    key, wrong = _key(item), _wrong_options(item)
    if key is None or not wrong:
        return None
    top = max(wrong, key=lambda option: option.count)
    surplus = (top.count - key.count) / sqrt(max(1, top.count + key.count))
    if surplus <= RULES["key_beaten"].limit or (key.low is not None and key.low > 0):
        return None
    return _flag("key_beaten", option=top.label, key=key.label, count=top.count, key_count=key.count)


def _discrimination(item: ItemFindings) -> Remark | None:
    if item.discrimination_high is None:
        return None
    code = next((code for code in ("reversed", "weak") if item.discrimination_high < RULES[code].limit), None)
    return None if code is None else _flag(code)


def _difficulty(item: ItemFindings) -> Remark | None:
    low, high = share_bounds(item)
    if high is not None and high < RULES["too_hard"].limit:
        return _flag("too_hard")
    return _flag("too_easy") if low is not None and low > RULES["too_easy"].limit else None


def share_bounds(item: ItemFindings) -> tuple[float | None, float | None]:
    """Bounds of the mean share of the points; of an item that is right or wrong, Wilson's."""
    if len(item.category_counts) <= 2:
        return item.low, item.high
    if item.difficulty is None or item.difficulty_se is None:
        return None, None
    half = Z95 * item.difficulty_se
    return item.difficulty - half, item.difficulty + half


def _misfit(item: ItemFindings) -> Remark | None:
    model = item.model
    if model is None or model.rmsea is None or model.fit_p_adjusted is None:
        return None
    sure = model.fit_p_adjusted < ALPHA and model.rmsea > RULES["misfit"].limit
    return _flag("misfit", rmsea=model.rmsea) if sure else None


def _dif(item: ItemFindings) -> list[Remark]:
    return [
        _flag("dif", split=contrast.split, favours=contrast.favours or "", delta=contrast.delta or 0.0)
        for contrast in item.contrasts
        if contrast.category == "C" and contrast.p is not None and contrast.p < ALPHA
    ]


def _dependent(item: ItemFindings, pairs: Sequence[PairFigures]) -> list[Remark]:
    return [
        _flag("dependent", item=pair.second if pair.first == item.item else pair.first)
        for pair in pairs
        if item.item in (pair.first, pair.second)
    ]


def _guessing(item: ItemFindings) -> Remark | None:
    """The weak answer it right far more often than by choosing blindly."""
    if item.model is None or item.kind != "single_choice":
        return None
    parameters, options = item.model.parameters, len([option for option in item.options if option.label])
    error = None if parameters.se is None else parameters.se.c
    if error is None or options < 2:
        return None
    sure = parameters.c - Z95 * error > 1 / options + RULES["guessing"].limit
    return _flag("guessing", c=parameters.c) if sure else None


def _many_empty(item: ItemFindings) -> Remark | None:
    share = item.omitted or 0.0
    if share <= RULES["many_empty"].limit:
        return None
    return _flag("many_empty", count=round(share * item.n), n=item.n)


def _unused(item: ItemFindings) -> Remark | None:
    unused = [option.label for option in _wrong_options(item) if option.count == 0]
    if item.n < RULES["unused_option"].limit or not unused:
        return None
    return _flag("unused_option", options=", ".join(unused))
