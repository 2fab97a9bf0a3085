"""What the words of an answer mean. Each reader gives None for words that it does not fully understand."""

import re
import unicodedata

_LETTERS = re.compile(r"\s*[A-H](?:\s*(?:[,;/]|và|hoặc|and|or)\s*[A-H])*\s*\.?\s*", re.IGNORECASE)
_TRUTH_STRING = re.compile(r"[ĐDSTFđ]{2,8}")
_TRUTH = re.compile(
    r"(?:(?P<letter>[a-h])\s*[).:=\-–]?\s*)?(?P<word>đúng|sai|true|false|đ|s|t|f)(?![^\W\d_])[\s,;.|/\-–]*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{1,20})?")
_EITHER = re.compile(r"\s*(?:hoặc|hay|or|;|\|)\s*", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("−–—‐‑﹣－", "-"))


def read_letters(text: str) -> frozenset[str] | None:
    """The option letters of "B", "b." or "A, C"."""
    if _LETTERS.fullmatch(text) is None:
        return None
    return frozenset(re.findall(r"\b[A-H]\b", text.upper()))


def read_truths(text: str) -> tuple[bool, ...] | None:
    """The truth values of "ĐSĐS", "Đ-S-S-Đ" or "a) Đúng; b) Sai; …", by the letters where there are any."""
    stripped = text.strip().rstrip(".")
    if _TRUTH_STRING.fullmatch(stripped):
        return tuple(letter in "ĐDTđ" for letter in stripped)
    found: list[tuple[str, bool]] = []
    place = 0
    while place < len(stripped):
        match = _TRUTH.match(stripped, place)
        if match is None:
            return None
        found.append(((match["letter"] or "").lower(), match["word"].lower() in ("đúng", "true", "đ", "t")))
        place = match.end()
    letters = [letter for letter, _ in found]
    if any(letters) and len(set(letters)) < len(letters):
        return None
    return tuple(truth for _, truth in sorted(found, key=lambda pair: pair[0])) or None


def read_truth(text: str) -> bool | None:
    """The truth value of a single word or letter."""
    truths = read_truths(text)
    return truths[0] if truths is not None and len(truths) == 1 else None


def read_numbers(text: str) -> tuple[str, ...] | None:
    """The accepted answers of "-1,5" or "0,5 hoặc 0,50", with a decimal comma."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip().strip("[]().")
    found = [re.sub(r"\s+", "", piece) for piece in _EITHER.split(plain)]
    if not all(_NUMBER.fullmatch(piece) for piece in found):
        return None
    return tuple(dict.fromkeys(piece.lstrip("+").replace(".", ",") for piece in found))


_VERDICT = re.compile(
    r"\s*(?P<letter>[a-h])\s*[).:]\s*[⇒→=>\-–\s]*(?P<word>đúng|sai|đ|s|true|false)(?![^\W\d_])", re.IGNORECASE
)
_TRAILING = re.compile(
    r"(?:[\[(]\s*(?P<bracketed>đúng|sai|đ|s|true|false)\s*[\])]\s*\.?|\t(?P<tabbed>đúng|sai|đ|s|true|false)\s*\.?)\s*$",
    re.IGNORECASE,
)


def verdict(text: str) -> tuple[str, bool] | None:
    """The statement and its truth of a solution's line such as "b) Sai, vì …"."""
    match = _VERDICT.match(text)
    return (
        None if match is None else (match["letter"].lower(), match["word"].lower() in ("đúng", "đ", "true"))
    )


def trailing_verdict(text: str) -> tuple[int, bool] | None:
    """Where "(Đ)" or "[Sai]" at the end of a statement starts, and its truth."""
    match = _TRAILING.search(text)
    if match is None:
        return None
    word = (match["bracketed"] or match["tabbed"]).lower()
    return match.start(), word in ("đúng", "đ", "true")
