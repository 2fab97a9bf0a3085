"""The documents promise only what is there: links, commands with their options, make targets, settings."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from exam_server.cli.main import app

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("client_web/*.md")])

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
SETTING = re.compile(r"\bKHAOTHI_[A-Z_]+")
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def code_lines(path: Path) -> list[str]:
    """Every line of code, whole blocks and in the text; lines that a backslash continues are one."""
    blocks = (match[1] or match[2] for match in CODE.finditer(path.read_text(encoding="utf-8")))
    return [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]


def commands_of(path: Path, program: str) -> list[list[str]]:
    """Calls of a program, as words, without what a comment says and what is chained."""
    found: list[list[str]] = []
    for line in code_lines(path):
        words = (
            shlex.split(line.replace("…", ""), comments=True) if line.count('"') % 2 == 0 else line.split()
        )
        words = [word for word in words if "=" not in word or word.startswith("-")]
        if words and words[0].removeprefix(".venv/bin/") == program:
            end = next(
                (place for place, word in enumerate(words) if word in ("|", "&&", ";", ">", "&")), len(words)
            )
            found.append(words[1:end])
    return found


def test_there_are_documents() -> None:
    assert ROOT / "README.md" in DOCUMENTS
    assert any(commands_of(path, "khaothi") for path in DOCUMENTS)
    assert any(commands_of(path, "make") for path in DOCUMENTS)


@every_document
def test_links_lead_somewhere(path: Path) -> None:
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


@every_document
def test_commands_exist_with_their_options(path: Path) -> None:
    for words in commands_of(path, "khaothi"):
        command: Any = get_command(app)
        rest = list(words)
        while rest and hasattr(command, "commands") and rest[0] in command.commands:
            command = command.commands[rest.pop(0)]
        assert not (hasattr(command, "commands") and rest and not rest[0].startswith("-")), words
        known = {option for param in command.params for option in param.opts} | {"-h", "--help"}
        assert {word.partition("=")[0] for word in rest if word.startswith("-")} <= known, words


@every_document
def test_make_targets_exist(path: Path) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    for words in commands_of(path, "make"):
        assert {word for word in words if not word.startswith("-")} <= targets, words


@every_document
def test_settings_are_read_somewhere(path: Path) -> None:
    sources = [*ROOT.glob("exam_server/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / "pyproject.toml"]
    read = {name for source in sources for name in SETTING.findall(source.read_text(encoding="utf-8"))}
    assert set(SETTING.findall(path.read_text(encoding="utf-8"))) <= read
