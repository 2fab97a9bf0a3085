"""Every code that a reader can give has its sentence in both languages."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
CODE = re.compile(
    r'(?:UnreadableFile|UnusableImageError|\bwarn|_with_warning|\b_warn)\(\s*(?:\w+, )?\[?"(\w+)"'
)
CONDITIONAL = {"ole_formula", "ole_object", "old_word_file", "macro_file", "spreadsheet_file", "slides_file"}


def sentences(language: str) -> dict[str, str]:
    return json.loads((ROOT / f"exam_server/catalogue/{language}/warnings.json").read_text())


def codes() -> set[str]:
    readers = [path.read_text() for path in sorted((ROOT / "item_bank/formats").rglob("*.py"))]
    kinds = [path.read_text() for path in sorted((ROOT / "item_bank/kinds").glob("*.py"))]
    of_kinds = {
        code for text in kinds for code in re.findall(r'^            "([a-z_]+)": ', text, re.MULTILINE)
    }
    return {code for text in readers for code in CODE.findall(text)} | of_kinds | CONDITIONAL


def test_every_code_has_a_sentence() -> None:
    assert {"two_keys", "zip_bomb", "no_key", "missing_option", "unsupported_image"} <= codes()
    assert codes() - sentences("vi").keys() == set()


def test_both_languages_say_the_same_with_the_same_values() -> None:
    vietnamese, english = sentences("vi"), sentences("en")
    assert vietnamese.keys() == english.keys()
    for code, sentence in vietnamese.items():
        assert sorted(re.findall(r"\{\w+\}", sentence)) == sorted(re.findall(r"\{\w+\}", english[code]))


def test_no_sentence_without_a_code() -> None:
    source = "".join(path.read_text() for path in (ROOT / "item_bank").rglob("*.py"))
    assert {code for code in sentences("vi") if f'"{code}"' not in source} == set()
