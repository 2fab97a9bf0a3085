"""The invented pupils of whole grades, class by class."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from numpy.random import Generator

from exam_server.core.roster import RosterRow
from exam_server.demo.school import PUPILS, Pupil

CLASS_SIZE = 40

_FAMILY_NAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương",
)  # fmt: skip
_GIRLS = (
    "Thị Lan", "Ngọc Anh", "Thanh Hà", "Thu Trang", "Minh Chi", "Khánh Vy", "Phương Thảo", "Quỳnh Giang",
    "Mai Uyên", "Diệu Linh", "Hồng Nhung", "Bích Ngân",
)  # fmt: skip
_BOYS = (
    "Văn Nam", "Đức Duy", "Quang Hải", "Minh Khoa", "Gia Huy", "Hữu Phúc", "Tuấn Tú", "Quốc Việt", "Anh Dũng",
    "Hoàng Long", "Công Thắng", "Xuân Bách",
)  # fmt: skip


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the roster, and the pupil's ability on the scale with mean 0 and standard deviation 1."""

    row: RosterRow
    ability: float


def own_class(name: str, first_number: int, rng: Generator) -> tuple[Member, ...]:
    """The demo's own pupils, who have codes."""
    codes = [f"79{place:08d}" for place in range(1, len(PUPILS) + 1)]
    return _members(name, first_number, list(zip(PUPILS, codes, strict=True)), rng)


def make_class(name: str, first_number: int, year: int, rng: Generator) -> tuple[Member, ...]:
    """A class of pupils born in ``year``, numbered from ``first_number``."""
    return _members(name, first_number, [(_pupil(year, rng), None) for _ in range(CLASS_SIZE)], rng)


def _members(
    name: str, first_number: int, pupils: Sequence[tuple[Pupil, str | None]], rng: Generator
) -> tuple[Member, ...]:
    level = float(rng.normal(0.0, 0.45))
    return tuple(
        Member(
            row=RosterRow(
                line=place,
                name=pupil.name,
                number=str(first_number + place - 1),
                pupil_code=code,
                birth_date=pupil.born,
                gender="female" if pupil.gender == "Nữ" else "male",
                class_name=name,
                seat=f"{place:02d}",
            ),
            ability=float(rng.normal(level, 0.9)),
        )
        for place, (pupil, code) in enumerate(pupils, start=1)
    )


def _pupil(year: int, rng: Generator) -> Pupil:
    girl = bool(rng.random() < 0.5)
    given = _GIRLS if girl else _BOYS
    name = f"{_FAMILY_NAMES[int(rng.integers(len(_FAMILY_NAMES)))]} {given[int(rng.integers(len(given)))]}"
    return Pupil(name, date(year, 1, 1) + timedelta(days=int(rng.integers(365))), "Nữ" if girl else "Nam")
