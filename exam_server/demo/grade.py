"""The invented pupils of whole grades, class by class; the first class is the demo's own."""

from datetime import date, timedelta

import msgspec
from numpy.random import Generator

from exam_server.core.roster import RosterRow
from exam_server.demo.school import CLASS, PUPILS, Pupil

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


def make_class(place: int, first_number: int, year: int, rng: Generator) -> tuple[Member, ...]:
    """Class ``place`` of a grade whose pupils were born in ``year``, numbered from ``first_number``."""
    pupils = PUPILS if place == 0 else tuple(_pupil(year, rng) for _ in range(CLASS_SIZE))
    level = float(rng.normal(0.0, 0.45))
    return tuple(
        Member(
            row=RosterRow(
                line=seat + 1,
                name=pupil.name,
                number=str(first_number + seat),
                # Another grade's pupils are other people, with codes of their own.
                pupil_code=f"79{seat + 1:08d}" if place == 0 and pupil.born.year == year else None,
                birth_date=pupil.born,
                gender="female" if pupil.gender == "Nữ" else "male",
                class_name=CLASS if place == 0 else f"12A{place + 1}",
                seat=f"{seat + 1:02d}",
            ),
            ability=float(rng.normal(level, 0.9)),
        )
        for seat, pupil in enumerate(pupils)
    )


def _pupil(year: int, rng: Generator) -> Pupil:
    girl = bool(rng.random() < 0.5)
    given = _GIRLS if girl else _BOYS
    name = f"{_FAMILY_NAMES[int(rng.integers(len(_FAMILY_NAMES)))]} {given[int(rng.integers(len(given)))]}"
    return Pupil(name, date(year, 1, 1) + timedelta(days=int(rng.integers(365))), "Nữ" if girl else "Nam")
