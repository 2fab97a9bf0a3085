"""Vietnamese letters: searching without diacritics, and the order of names in a class list."""

import re
import unicodedata

# Tones in the order of Vietnamese dictionaries: level, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: 1000 + place for place, letter in enumerate(_LETTERS)}
_AFTER_LETTERS = 2000
_DIGITS = re.compile("([0-9]+)")

WordKey = tuple[tuple[int, ...], tuple[int, ...]]
"""A word's letters, then, to break ties, their tones."""

NameKey = tuple[tuple[WordKey, ...], str]


def search_key(text: str) -> str:
    """The text in lower case without diacritics, đ as d, white space single: "Đỗ  Thị" becomes "do thi"."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower())
    bare = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(bare).replace("đ", "d").split())


def sort_key(name: str) -> NameKey:
    """A key that sorts full names as class lists do: by given name (the last word), then the words before it.

    Words compare by letters (a ă â b c d đ e ê …), then by tones (level huyền hỏi ngã sắc nặng); numbers in
    them by size: 12A2 before 12A10.
    """
    words = [_word_key(word) for word in name.casefold().split()]
    return (tuple(words[-1:] + words[:-1]), unicodedata.normalize("NFC", name))


def text_key(text: str) -> NameKey:
    """A key that sorts texts as a dictionary does: word by word as written, by letters, then tones;
    numbers by size."""
    return (tuple(_word_key(word) for word in text.casefold().split()), unicodedata.normalize("NFC", text))


def _word_key(word: str) -> WordKey:
    letters: list[int] = []
    tones: list[int] = []
    for place, piece in enumerate(_DIGITS.split(unicodedata.normalize("NFC", word))):
        if place % 2:
            letters += _number_key(piece)
            continue
        for letter in piece:
            base, tone = _without_tone(letter)
            letters.append(_RANK.get(base, ord(base) if base < "a" else ord(base) + _AFTER_LETTERS))
            tones.append(tone)
    return tuple(letters), tuple(tones)


def _number_key(digits: str) -> list[int]:
    """Where any digit would stand, then by size: the longer number is the greater."""
    number = digits.lstrip("0")
    return [ord("0"), len(number), *map(int, number)]


def _without_tone(letter: str) -> tuple[str, int]:
    """The letter with its own diacritic (ă â đ ê ô ơ ư) but without its tone, and the tone."""
    marks = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), 0)
    bare = "".join(mark for mark in marks if mark not in _TONES)
    return (unicodedata.normalize("NFC", bare) or letter)[0], tone
