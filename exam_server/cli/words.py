"""The command line's language and words."""

import os
from collections.abc import Mapping

from exam_server.catalogue import Language, languages, text, texts


def language_of(environment: Mapping[str, str]) -> Language:
    """``KHAOTHI_LANG``, else the locale when it names a language we have, else Vietnamese."""
    names = ("KHAOTHI_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next((environment[name] for name in names if environment.get(name)), "")
    known: list[Language] = [lang for lang in languages() if wanted.startswith(lang)]
    return known[0] if known else languages()[0]


LANGUAGE = language_of(os.environ)


def say(key: str, /, **params: str | int) -> str:
    """A text of section ``cli``."""
    return text(LANGUAGE, "cli", key, **params)


def kind_words(kind: str) -> str:
    """What people call a kind of item, as on the pages."""
    known = texts(LANGUAGE, "staff")
    return known.get(f"kind_{kind}", kind)


def one_line(stem: str, most: int = 60) -> str:
    """A text in one line of at most ``most`` characters."""
    line = " ".join(stem.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    """What the catalogue says for an error's code."""
    section = "errors" if code in texts(LANGUAGE, "errors") else "warnings"
    return text(LANGUAGE, section, code, **params)
