import ast
import inspect
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

import exam_server
from exam_server import errors
from exam_server.catalogue import Section, languages, sections, text, texts
from exam_server.catalogue.formats import format_date, format_datetime, format_number
from exam_server.core.sitting import State
from exam_server.protocol.sitting import CloseCode
from item_bank.kinds import KINDS
from item_bank.kinds.base import Kind

PACKAGE = Path(exam_server.__file__).parent
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
every_section = pytest.mark.parametrize("section", sections())


def params_of(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@every_section
def test_languages_have_the_same_keys(section: Section) -> None:
    keys = [texts(lang, section).keys() for lang in languages()]
    assert keys[0]
    assert all(other == keys[0] for other in keys[1:])


@every_section
def test_languages_have_the_same_params(section: Section) -> None:
    for key in texts("vi", section):
        # The singular may say its number as a word: "once".
        spoken = {"count"} if key.endswith("_one") else set[str]()
        vi, en = (params_of(texts(lang, section)[key]) for lang in languages())
        assert vi - spoken == en - spoken, key


@every_section
def test_no_text_is_blank_or_has_stray_space(section: Section) -> None:
    for lang in languages():
        for key, sentence in texts(lang, section).items():
            assert sentence == sentence.strip(), key
            assert sentence, key
            assert all(name.isidentifier() for name in params_of(sentence)), key


def test_vietnamese_comes_first() -> None:
    assert languages() == ("vi", "en")


def test_params_are_filled_in() -> None:
    assert text("vi", "errors", "duplicate_number", value="020001", other=7) == (
        "Số báo danh “020001” trùng với dòng 7."
    )


def test_an_unknown_key_and_a_missing_param_raise() -> None:
    with pytest.raises(KeyError):
        text("vi", "errors", "no_such_key")
    with pytest.raises(KeyError):
        text("vi", "errors", "duplicate_number", value="020001")


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the source of the server and of what it measures with, with its file and line."""
    for file in sorted([*PACKAGE.rglob("*.py"), *(PACKAGE.parent / "scoring").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{file.relative_to(PACKAGE.parent)}:{node.lineno}", node


def literals(call: ast.Call) -> list[str | None]:
    """The positional arguments, None for what is no literal text."""
    return [
        arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None
        for arg in call.args
    ]


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def named_params(call: ast.Call) -> set[str] | None:
    """The keyword arguments, None when some are passed as a mapping."""
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {name for name in names if name is not None}


def keyword_texts(call: ast.Call, name: str) -> list[str]:
    """The literal text given for a keyword argument."""
    values = [keyword.value for keyword in call.keywords if keyword.arg == name]
    return [
        value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def used_keys() -> Iterator[tuple[str, str, str, set[str] | None]]:
    """Place, section, key and params of every literal use of the catalogue."""
    for place, call in calls():
        match name_of(call), literals(call):
            case "text", [_, str(section), str(key)]:
                yield place, section, key, named_params(call)
            case name, [str(key), *_] if name in ERRORS or name == "MeasurementError":
                yield place, "errors", key, named_params(call)
            case "problem" | "_refuse", [str(key), *_]:
                yield place, "errors", key, None
            case "say", [str(key)]:
                yield place, "cli", key, named_params(call)
            case "RosterProblem", []:
                yield from ((place, "errors", key, None) for key in keyword_texts(call, "code"))
            case _:
                pass


def test_every_key_in_the_source_exists() -> None:
    known = {(section, key) for section in sections() for key in texts("vi", section)}
    missing = sorted(
        {(section, key, place) for place, section, key, _ in used_keys() if (section, key) not in known}
    )
    assert missing == []


def test_every_param_a_text_needs_is_given() -> None:
    lacking = []
    for place, section, key, given in used_keys():
        if section in get_args(Section) and given is not None and key in texts("vi", section):
            needed = params_of(texts("vi", section)[key])
            lacking += [(place, key, needed - given)] if needed - given else []
    assert lacking == []


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_sitting_has_a_refusal(state: State) -> None:
    assert texts("vi", "errors")[f"sitting_{state}"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_problem_of_an_item_has_its_warning(kind: Kind[Any, Any, Any]) -> None:
    named = re.findall(r'^ +"([a-z_]+)": ', inspect.getsource(type(kind).problems), re.MULTILINE)
    assert named
    assert set(named) <= texts("vi", "warnings").keys()


@pytest.mark.parametrize("code", CloseCode)
def test_every_close_code_has_its_sentence(code: CloseCode) -> None:
    assert texts("vi", "errors")[f"close_{code.name.lower()}"]


HANOI = timezone(timedelta(hours=7))


@pytest.mark.parametrize(
    ("number", "vi", "en"),
    [
        (Decimal("8.25"), "8,25", "8.25"),
        (Decimal("10.00"), "10,00", "10.00"),
        (Decimal("0.1"), "0,1", "0.1"),
        (Decimal("1E+2"), "100", "100"),
        (24, "24", "24"),
    ],
)
def test_numbers(number: Decimal | int, vi: str, en: str) -> None:
    assert (format_number(number, "vi"), format_number(number, "en")) == (vi, en)


def test_dates_and_times() -> None:
    moment = datetime(2026, 11, 2, 8, 5, tzinfo=HANOI)
    assert format_datetime(moment, "vi") == "08:05 02/11/2026"
    assert format_datetime(moment, "en") == "02 Nov 2026, 08:05"
    assert format_date(date(2008, 9, 5), "vi") == "05/09/2008"
