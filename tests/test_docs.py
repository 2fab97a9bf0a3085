"""The documents promise only what is there: links, commands with their options, make targets, settings."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from exam_server.catalogue import Language, sections, texts
from exam_server.cli.main import app
from exam_server.config import Config, to_environment
from exam_server.core.roster import read_roster
from exam_server.metrics import REGISTRY
from exam_server.web.routes import ROUTES
from item_bank.formats.docx import read_docx
from item_bank.formats.report import draft_report
from tests.item_bank.formats.docx_builder import docx, p

ROOT = Path(__file__).parent.parent
FOLDERS = ("*.md", "docs/**/*.md", "client_web/*.md", "deploy/*.md")
DOCUMENTS = sorted(path for folder in FOLDERS for path in ROOT.glob(folder))

USERS: dict[str, Language] = {
    f"{folder}{name}.md": language
    for folder, language in (("docs/", "en"), ("docs/vi/", "vi"))
    for name in ("board", "technician", "teacher")
}

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
SOURCE = re.compile(r"`((?:exam_server|item_bank|scoring|client_web|tests|docs)/[\w/.]+)`")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
SETTING = re.compile(r"\bKHAOTHI_[A-Z_]+")
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)

every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))

every_user = pytest.mark.parametrize("name", USERS)


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


def anchors(path: Path) -> set[str]:
    """What a link may name after the "#", as code hosts make it of headings."""
    headings = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of a language."""
    text = path.read_text(encoding="utf-8")
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)


def test_there_are_documents() -> None:
    assert ROOT / "README.md" in DOCUMENTS
    assert any(commands_of(path, "khaothi") for path in DOCUMENTS)
    assert any(commands_of(path, "make") for path in DOCUMENTS)


@every_document
def test_links_lead_somewhere(path: Path) -> None:
    for link, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        target = path.parent / link if link else path
        assert "://" in link or target.exists(), link
        assert not anchor or anchor in anchors(target), anchor


@every_document
def test_sources_named_exist(path: Path) -> None:
    named = SOURCE.findall(path.read_text(encoding="utf-8"))
    built_or_invented = ("exam_server/static", "matching", "0002_")
    missing = [name for name in named if not (ROOT / name).exists()]
    assert [name for name in missing if not any(part in name for part in built_or_invented)] == []


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


@every_user
def test_words_in_bold_are_on_the_screen(name: str) -> None:
    known = [value for section in sections() for value in texts(USERS[name], section).values()]
    bold = BOLD.findall((ROOT / name).read_text(encoding="utf-8"))
    assert bold
    assert [words for words in bold if not any(value.startswith(words) for value in known)] == []


@pytest.mark.parametrize("name", ["board", "technician", "teacher"])
def test_both_languages_have_the_same_shape(name: str) -> None:
    en, vi = ROOT / "docs" / f"{name}.md", ROOT / "docs" / "vi" / f"{name}.md"
    for path in (en, vi):
        assert path.exists()
    assert shape(en) == shape(vi)
    for language in ("nginx", "ini", "text"):
        assert blocks(en, language) == blocks(vi, language)


def shape(path: Path) -> list[str]:
    """The levels of headings, and the kinds of lines and blocks, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = re.compile(r"#+ |\||- |\d\. | *```|!\[")
    return [match[0] for line in lines if (match := starts.match(line)) is not None]


@pytest.mark.parametrize("name", ["docs/board.md", "docs/vi/board.md"])
def test_the_paper_shown_is_read_without_a_remark(name: str) -> None:
    [paper] = blocks(ROOT / name, "text")
    report = draft_report(read_docx(docx(*[p(line) for line in paper.splitlines()])))
    assert report.warnings == []
    assert [item.warnings for item in report.items] == [[], [], [], []]
    keys = [item.key for item in report.items]
    assert keys == ["A", "C", [True, False, True, False], ["0,5", "0,50"]]
    assert [item.level for item in report.items] == ["NB", "TH", None, None]
    assert report.items[3].solution == "Chia 1 cho 2 được 0,5."


@pytest.mark.parametrize("name", ["docs/board.md", "docs/vi/board.md"])
def test_the_columns_shown_are_found(name: str) -> None:
    values = {
        "Số báo danh": "0001",
        "SBD": "0001",
        "Mã định danh Bộ GD&ĐT": "7900000001",
        "Ngày sinh": "14/03/2009",
        "Giới tính": "Nữ",
        "Lớp": "12A1",
        "Phòng thi": "2",
        "Số máy": "07",
    }
    text = (ROOT / name).read_text(encoding="utf-8")
    for header, value in values.items():
        assert f"`{header}`" in text
        roster = read_roster(f"Họ và tên,{header}\nLê An,{value}\n".encode(), "list.csv")
        [row] = roster.rows
        assert len([field for field in row.__struct_fields__ if getattr(row, field) is not None]) == 3, header
    assert read_roster("Họ đệm,Tên\nLê Thị,An\n".encode(), "list.csv").rows[0].name == "Lê Thị An"


@pytest.mark.parametrize("name", ["docs/technician.md", "docs/vi/technician.md"])
def test_every_setting_is_told_with_its_default(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    rows = {cells[1].strip(" `"): cells for line in text.splitlines() if (cells := line.split("|"))[1:]}
    full = Config(database_url="x", public_url="http://x", metrics_token="x")
    defaults = to_environment(Config())
    for variable in to_environment(full):
        assert variable in rows
        assert variable not in defaults or rows[variable][3].strip(" `") == defaults[variable]


@every_document
def test_figures_and_addresses_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    figures = {sample.name for metric in REGISTRY.collect() for sample in metric.samples}
    figures |= {metric.name for metric in REGISTRY.collect()}
    assert set(re.findall(r"`(khaothi_[a-z_]+)`", text)) <= figures
    addresses = {route.path for route in ROUTES}
    assert set(re.findall(r"`(/(?:healthz|metrics|api/[a-z/]+))`", text)) <= addresses
