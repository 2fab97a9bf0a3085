"""The words by which a Vietnamese (or English) test paper shows its structure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from item_bank.formats.docx.lines import OBJECT
from item_bank.item import Level, Part

Mode = Literal["single_choice", "true_false", "short_answer", "essay"]
"""The kind of item that a part announces."""


@dataclass(frozen=True, kw_only=True)
class PartHeading:
    """A heading such as "PHẦN II. Câu trắc nghiệm đúng sai"."""

    part: Part | None
    mode: Mode | None


@dataclass(frozen=True, kw_only=True)
class QuestionLabel:
    """A label such as "Câu 12." that ends before ``end``."""

    number: int
    end: int


@dataclass(frozen=True, kw_only=True)
class ChoiceLabel:
    """The label of an option or a statement: where it starts, where its letter is, where its body starts."""

    letter: str
    end: int
    start: int = 0
    letter_place: int = 0
    starred: bool = False
    fixed: bool = False
    strong: bool = True


_PART = re.compile(
    r"\s*(?P<word>PHẦN|Phần|NHÓM|Nhóm|DẠNG|Dạng|PART|Part|SECTION|Section)\s+(?P<number>IV|I{1,3}|[1-4]|[A-D])"
    r"(?P<after>\s*[.:)\-–—(]|\s*$|\s)"
)
_TITLED_PART = re.compile(
    r"\s*(?:(?P<number>IV|I{1,3}|[A-D])\s*[.)\-–]\s*)?(?:PHẦN\s+)?(?:CÂU\s+(?:HỎI\s+)?)?"
    r"(?:TRẮC NGHIỆM|TỰ LUẬN|ĐÚNG\s*[/\-–,]?\s*SAI|TRẢ LỜI NGẮN)\b"
)
_ROMAN: Mapping[str, Part] = {
    "I": "I", "II": "II", "III": "III", "IV": "IV", "1": "I", "2": "II", "3": "III", "4": "IV",
}  # fmt: skip
_MODES: tuple[tuple[re.Pattern[str], Mode, Part], ...] = (
    (re.compile(r"tự\s+luận|essay", re.IGNORECASE), "essay", "IV"),
    (
        re.compile(r"đúng\s*[/\-–,]?\s*(?:hoặc\s+)?sai|true\s*[/\-–]\s*false", re.IGNORECASE),
        "true_false",
        "II",
    ),
    (re.compile(r"trả\s+lời\s+ngắn|short\s+answer", re.IGNORECASE), "short_answer", "III"),
    (
        re.compile(r"nhiều\s+(?:phương\s+án|lựa\s+chọn)|trắc\s+nghiệm|multiple", re.IGNORECASE),
        "single_choice",
        "I",
    ),
)
_PART_MODES: Mapping[Part, Mode] = {"I": "single_choice", "II": "true_false", "III": "short_answer"}


def part_heading(text: str) -> PartHeading | None:
    """The part that a line opens, or None."""
    match = _PART.match(text)
    if match is not None and _is_heading(match, text):
        return _heading(_ROMAN.get(match["number"]), text)
    titled = _TITLED_PART.match(text)
    if titled is not None and text[: titled.end()].upper() == text[: titled.end()]:
        return _heading(_ROMAN.get(titled["number"] or ""), text)
    return None


def _is_heading(match: re.Match[str], text: str) -> bool:
    ends = bool(match["after"].strip()) or match.end() == len(text)
    # "Nhóm 1: Na, K" and "Dạng 2." stand in stems too; as headings they say what kind of questions follow.
    loose = match["word"] in ("Nhóm", "Dạng", "Section")
    return any(pattern.search(text) for pattern, _, _ in _MODES) if loose else match["word"].isupper() or ends


def named_part(text: str) -> Part | None:
    """The part that a heading such as "ĐÁP ÁN PHẦN II" speaks of."""
    match = re.search(r"PHẦN\s+(IV|I{1,3}|[1-4])(?!\w)", text, re.IGNORECASE)
    return None if match is None else _ROMAN[match[1].upper()]


def _heading(numbered: Part | None, text: str) -> PartHeading:
    for pattern, mode, usual in _MODES:
        if pattern.search(text):
            return PartHeading(part=numbered or usual, mode=mode)
    return PartHeading(part=numbered, mode=_PART_MODES.get(numbered) if numbered else None)


_LEVEL_WORDS: Mapping[str, Level] = {
    "nb": "NB", "th": "TH", "vd": "VD", "vdc": "VDC", "biết": "NB", "nhận biết": "NB", "hiểu": "TH",
    "thông hiểu": "TH",
    "vận dụng": "VD", "vận dụng cao": "VDC",
}  # fmt: skip
_LEVEL = r"(NB|TH|VDC|VD|nhận\s+biết|thông\s+hiểu|vận\s+dụng\s+cao|vận\s+dụng|biết|hiểu)"
_SQUARE_LEVEL = re.compile(rf"\[\s*(?:mức(?:\s+độ)?\s*:?\s*)?{_LEVEL}\s*\]\s*[.:]?", re.IGNORECASE)
_ROUND_LEVEL = re.compile(
    rf"(?:^\s*\(\s*{_LEVEL}\s*\)\s*[.:]?)|(?:\(\s*{_LEVEL}\s*\)\s*[.:]?\s*$)", re.IGNORECASE
)
_POINTS = re.compile(
    r"^\s*\(\s*\d{1,2}(?:[.,]\d{1,2})?\s*(?:điểm|đ|points?|marks?)\s*\)\s*[.:]?", re.IGNORECASE
)
_LEFT_SEPARATOR = re.compile(r"^\s*[.:](?=\s|$)")


def levels(text: str) -> list[tuple[Level, tuple[int, int]]]:
    """The level tags of a text, in order, and where they stand."""
    found = [*_SQUARE_LEVEL.finditer(text), *_ROUND_LEVEL.finditer(text)]
    named = [(re.sub(r"\s+", " ", match[match.lastindex or 1]).lower(), match.span()) for match in found]
    return sorted(((_LEVEL_WORDS[word], span) for word, span in named), key=lambda pair: pair[1])


def leftovers(text: str) -> list[tuple[int, int]]:
    """What else is not of a stem: points such as "(0,25 điểm)", a separator that stood after a tag."""
    return [match.span() for pattern in (_POINTS, _LEFT_SEPARATOR) if (match := pattern.match(text))]


_QUESTION = re.compile(
    r"\s*(?:[*•]\s*)?"
    rf"(?:\[\s*{_LEVEL}\s*\]\s*)?"
    r"(?:Câu(?:\s+hỏi)?|Bài(?:\s+(?:tập|toán))?|Question)\s*(?:số\s*)?(?P<number>\d{1,3})(?!\d)",
    re.IGNORECASE,
)
_BARE_QUESTION = re.compile(r"\s*(?P<number>\d{1,3})\s*[.)/](?!\d)\s*")
_SEPARATOR = re.compile(r"\s*(?:[.:)/]+|[-–—](?=\s))\s*")


def question_label(text: str, *, bare: bool = False) -> QuestionLabel | None:
    """The question that a line opens; ``bare`` reads "12." too, for papers without any "Câu"."""
    match = _QUESTION.match(text)
    if match is None:
        plain = _BARE_QUESTION.match(text) if bare else None
        return None if plain is None else QuestionLabel(number=int(plain["number"]), end=plain.end())
    separator = _SEPARATOR.match(text, match.end())
    if separator is not None:
        return QuestionLabel(number=int(match["number"]), end=separator.end())
    rest = text[match.end() :].lstrip()
    starts = not rest or rest[0] in f"[({OBJECT}" or rest[0].isupper()
    return QuestionLabel(number=int(match["number"]), end=len(text) - len(rest)) if starts else None


def leading_level(text: str) -> Level | None:
    """The level tag in front of a question label."""
    match = _QUESTION.match(text)
    word = None if match is None else match[1]
    return None if word is None else _LEVEL_WORDS[re.sub(r"\s+", " ", word).lower()]


OPTION_LETTERS = "ABCDEFGH"
STATEMENT_LETTERS = "abcdefgh"
_CHOICE = re.compile(
    r"(?P<before>[*#]{0,2}\s?)(?P<letter>[A-Ha-h])(?P<star>\*?)\s?(?P<separator>[.)/:])(?P<after>\*?)"
)


def choice_labels(text: str, letters: str, done: int) -> list[ChoiceLabel]:
    """The labels of options or statements on a line, in sequence, after ``done`` of them on earlier lines.

    Empty when the line opens none. A first label must open the line, or stand among others of its sequence.
    """
    candidates = [label for label in _candidates(text) if label.letter in letters]
    found = _sequence(candidates, letters, done)
    if not found:
        return []
    at_start = not text[: found[0].start].strip()
    if done:
        return found if at_start or found[0].strong else []
    enough = len(found) >= (2 if found[0].strong else 3)
    return found if at_start or enough else []


def _candidates(text: str) -> Iterator[ChoiceLabel]:
    opening = len(text) - len(text.lstrip())
    place = depth = 0
    for match in _CHOICE.finditer(text):
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        depth = max(0, depth + text.count("(", place, start) - text.count(")", place, start))
        strong = start <= opening or _is_set_apart(text, start)
        # The "c)" of "M(a; b; c)" closes a bracket; it opens nothing.
        closes = match["separator"] == ")" and depth > 0
        opens = strong or (not closes and _is_clear(text, match, start))
        place = match.end() if opens else start
        if opens:
            yield _label(match, start, strong=strong)


def _is_set_apart(text: str, start: int) -> bool:
    before = text[max(0, start - 2) : start]
    return before[-1] == "\t" or (len(before) > 1 and before.isspace())


def _is_clear(text: str, match: re.Match[str], start: int) -> bool:
    """Whether a label in running text is one: a space or an object on both sides, and words behind it."""
    before, following = text[start - 1], text[match.end() : match.end() + 1]
    parted = before.isspace() or before == OBJECT
    return parted and match["separator"] in ".)" and (following.isspace() or following == OBJECT)


def _label(match: re.Match[str], start: int, *, strong: bool) -> ChoiceLabel:
    return ChoiceLabel(
        letter=match["letter"],
        start=start,
        letter_place=match.start("letter"),
        end=match.end(),
        starred="*" in match["before"] + match["star"] + match["after"],
        fixed="#" in match["before"],
        strong=strong,
    )


def _sequence(candidates: list[ChoiceLabel], letters: str, done: int) -> list[ChoiceLabel]:
    found: list[ChoiceLabel] = []
    place = 0
    while done < len(letters):
        label = _next_label([c for c in candidates if c.start >= place], letters, done, first=not found)
        if label is None:
            return found
        found.append(label)
        place, done = label.end, max(done, letters.index(label.letter)) + 1
    return found


def _next_label(rest: list[ChoiceLabel], letters: str, done: int, *, first: bool) -> ChoiceLabel | None:
    wanted = [label for label in rest if label.letter == letters[done]]
    best = next((label for label in wanted if label.strong), wanted[0] if wanted else None)
    if best is not None:
        return best
    # A letter that was left out or repeated still opens its own line.
    opening = rest[0] if rest and first and done and rest[0].start == 0 else None
    return opening or next(
        (label for label in rest if label.strong and label.letter == letters[done + 1 : done + 2]), None
    )


_UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚĂĐĨŨƠƯẠ-Ỹ"
_SOLUTION = re.compile(
    r"\s*(?:(?:Lời\s+giải|Hướng\s+dẫn\s+(?:giải|trả\s+lời|chấm)|HDG)(?:\s+chi\s+tiết)?(?:\s+tham\s+khảo)?"
    rf"(?:\s*[.:]|\s*$|(?=\s+(?-i:[{_UPPER}{OBJECT}])))"
    r"|(?:Giải(?:\s+chi\s+tiết|\s+thích)?|Hướng\s+dẫn|Solution|Explanation)\s*(?::|\.?\s*$))\s*",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"[\[(]?\s*(?:(?P<sure>Đáp\s*án|Đáp\s*số)\s*(?:đúng)?\s*(?::|là(?!\w)\s*:?|$|(?=[A-H]\s*\.?\s*$))"
    r"|(?:ĐS|ĐA|Đ/A|Trả\s*lời|Kết\s*quả|Answer|Key)\s*:)\s*",
    re.IGNORECASE,
)
_INLINE_ANSWER = re.compile(
    r"(?:[\[(]\s{0,3})?\b(?:Đáp\s*án|Đáp\s*số|ĐS|Trả\s*lời|Answer)\s*(?:đúng)?\s*:\s*", re.IGNORECASE
)
_CHOSEN = re.compile(
    r"(?:^|[\s.,;⇒→])(?:Ta\s+)?Chọn\s*(?::\s*)?(?:đáp\s*án\s*|phương\s*án\s*|câu\s*)?(?P<letter>[A-H])\s*\.?\s*$",
    re.IGNORECASE,
)
_ANSWER_HEADING = re.compile(
    r"\s*(?:[IVX]+\.\s*)?(?:(?:BẢNG|PHẦN|PHIẾU)\s+)?(?:ĐÁP\s*ÁN|ANSWER\s+KEYS?|ANSWERS|KEYS?)"
    r"(?P<tail>(?:\s+(?:CHI\s+TIẾT|THAM\s+KHẢO|ĐỀ|MÃ\s+ĐỀ|PHẦN|VÀ|TRẮC\s+NGHIỆM|MÔN|CHO|CỦA)\b.*)?)\s*(?:[:.]|$)\s*",
    re.IGNORECASE,
)
_END = re.compile(r"[\s\-–—_.*=]*(?:H[ẾE]T|THE\s+END|THE END)[\s\-–—_.*!=]*$")
_BLANKS = re.compile(rf"[\s.…_\-–—☐□{OBJECT}|]*")


def solution_marker(text: str) -> int | None:
    """Where the solution starts on a line such as "Lời giải: …"; None when the line opens none."""
    match = _SOLUTION.match(text)
    return None if match is None else match.end()


def is_solution_heading(text: str) -> bool:
    """Whether the line alone, in capitals, may head the solutions of a whole paper."""
    match = _SOLUTION.match(text)
    return match is not None and match.end() == len(text) and text == text.upper()


def answer_label(text: str) -> int | None:
    """Where the answer starts on a line such as "Đáp án: B"; None when the line is none."""
    match = _ANSWER.match(text)
    return None if match is None else match.end()


def is_sure_answer(text: str) -> bool:
    """Whether the line says "Đáp án"; "Kết quả: …" may be a line of a stem as well."""
    match = _ANSWER.match(text)
    return match is not None and match["sure"] is not None


def inline_answer(text: str) -> tuple[int, int] | None:
    """Where "Đáp án: " starts and ends within a line."""
    match = _INLINE_ANSWER.search(text)
    return None if match is None else match.span()


def chosen_letter(text: str) -> str | None:
    """The letter of "Chọn B" at the end of a line."""
    match = _CHOSEN.search(text)
    return None if match is None else match["letter"].upper()


def answer_heading(text: str) -> int | None:
    """Where the rest starts after a heading such as "BẢNG ĐÁP ÁN"; None when the line is none."""
    match = _ANSWER_HEADING.match(text)
    if match is None or (match[0].rstrip().endswith(":") and match[0].upper() != match[0]):
        return None
    return match.end()


def is_end(text: str) -> bool:
    """Whether the line says "HẾT"."""
    return _END.fullmatch(text) is not None


def is_placeholder(text: str) -> bool:
    """Whether nothing but dots, lines or boxes to write on stands here."""
    return _BLANKS.fullmatch(text) is not None


_BOILERPLATE = re.compile(
    r"\s*(?:[-–—_.*=\s]*$|[-–—(*]*\s*(?:Thí\s+sinh|Cán\s+bộ|Giám\s+thị|Giáo\s+viên|Họ\s+(?:và\s+)?tên|Số\s+báo\s+danh|"
    r"Học\s+sinh|Trang|Mã\s+đề|Chữ\s+k[íý]|Đề\s+thi\s+(?:gồm|có)))",
    re.IGNORECASE,
)


def is_boilerplate(text: str) -> bool:
    """Whether the line belongs to the sheet and not to its questions."""
    return _BOILERPLATE.match(text) is not None


@dataclass(frozen=True, kw_only=True)
class PassageHeading:
    """A line that opens a shared passage, for the questions ``first`` to ``last``; None: all that follow."""

    first: int | None
    last: int | None


_PASSAGE = re.compile(
    r"\W*(?:[IVX]+\.\s*)?(?:Đọc|Dựa|Cho|Sử\s+dụng|Dùng|Quan\s+sát|Xem|Căn\s+cứ|Từ\s+(?:thông\s+tin|đoạn|bảng|hình|dữ)|"
    r"Ngữ\s+liệu|Thông\s+tin|Đoạn|Read|Mark|Choose|Based|Use|Look|Listen|Complete|Fill|Study|Questions?)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"(?:câu(?:\s+hỏi)?|questions?|from|bài)\s*(?:số\s*)?(?:from\s+)?(?:từ\s+)?(?:câu\s+)?(?P<first>\d{1,3})\s*"
    r"(?:đến|tới|to|through|[-–—]|và|and|,)\s*(?:câu\s*|question\s*)?(?:\d{1,3}\s*,\s*)*(?P<last>\d{1,3})(?!\d)",
    re.IGNORECASE,
)
_FOR_QUESTIONS = re.compile(r"câu\s+hỏi|các\s+câu|những\s+câu|questions?\b", re.IGNORECASE)


def passage_heading(text: str) -> PassageHeading | None:
    """The shared passage that a line opens, or None."""
    if _PASSAGE.match(text) is None:
        return None
    match = _RANGE.search(text)
    if match is not None and int(match["first"]) < int(match["last"]):
        return PassageHeading(first=int(match["first"]), last=int(match["last"]))
    return PassageHeading(first=None, last=None) if _FOR_QUESTIONS.search(text) else None
