"""Every text a user may see, by language, section and key: ``<language>/<section>.json``."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal, get_args

import msgspec

Language = Literal["vi", "en"]
Section = Literal[
    "errors", "warnings", "cli", "student", "staff", "doctor", "lab", "bench", "load", "measurement"
]


def languages() -> tuple[Language, ...]:
    """Every language of the catalogue, the default first."""
    return get_args(Language)


def sections() -> tuple[Section, ...]:
    """Every section of the catalogue."""
    return get_args(Section)


@cache
def texts(lang: Language, section: Section) -> Mapping[str, str]:
    """All texts of one section by key, with their ``{params}`` unfilled."""
    file = resources.files(__name__) / lang / f"{section}.json"
    return MappingProxyType(msgspec.json.decode(file.read_bytes(), type=dict[str, str]))


def text(lang: Language, section: Section, key: str, /, **params: str | int) -> str:
    """The text in the language, its ``{params}`` filled in.

    Raises KeyError when the catalogue has no such key, or the text names a param that is not given.
    """
    return texts(lang, section)[key].format_map(params)
