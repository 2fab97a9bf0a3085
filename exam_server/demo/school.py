"""The invented class, as the list a school would hand in."""

from datetime import date
from io import BytesIO

import msgspec
from openpyxl import Workbook

SCHOOL = "Trường THPT Sông Hương"
CLASS = "12A1"
FIRST_NUMBER = 120_001


class Pupil(msgspec.Struct, frozen=True):
    """One line of the list."""

    name: str
    born: date
    gender: str


PUPILS = (
    Pupil("Nguyễn Thị Hoài An", date(2009, 3, 14), "Nữ"),
    Pupil("Trần Quốc Bảo", date(2009, 7, 2), "Nam"),
    Pupil("Lê Gia Bình", date(2009, 11, 23), "Nam"),
    Pupil("Phạm Minh Châu", date(2009, 1, 30), "Nữ"),
    Pupil("Hoàng Kim Chi", date(2009, 9, 9), "Nữ"),
    Pupil("Vũ Tiến Dũng", date(2009, 5, 17), "Nam"),
    Pupil("Đặng Thùy Dương", date(2009, 12, 5), "Nữ"),
    Pupil("Đỗ Thành Đạt", date(2009, 8, 28), "Nam"),
    Pupil("Bùi Hải Đăng", date(2009, 2, 21), "Nam"),
    Pupil("Ngô Hương Giang", date(2009, 6, 11), "Nữ"),
    Pupil("Dương Ngọc Hà", date(2009, 4, 19), "Nữ"),
    Pupil("Lý Trung Hiếu", date(2009, 10, 8), "Nam"),
    Pupil("Võ Quang Huy", date(2009, 3, 3), "Nam"),
    Pupil("Mai Khánh Linh", date(2009, 7, 25), "Nữ"),
    Pupil("Trịnh Phương Mai", date(2009, 1, 12), "Nữ"),
    Pupil("Phan Hoàng Nam", date(2009, 9, 27), "Nam"),
    Pupil("Hồ Bảo Ngọc", date(2009, 5, 6), "Nữ"),
    Pupil("Nguyễn Thanh Phong", date(2009, 11, 15), "Nam"),
    Pupil("Lê Minh Quân", date(2009, 2, 9), "Nam"),
    Pupil("Trần Diễm Quỳnh", date(2009, 8, 18), "Nữ"),
    Pupil("Đinh Công Sơn", date(2009, 6, 30), "Nam"),
    Pupil("Phạm Anh Thư", date(2009, 12, 22), "Nữ"),
    Pupil("Cao Đức Trí", date(2009, 4, 4), "Nam"),
    Pupil("Nguyễn Hải Yến", date(2009, 10, 29), "Nữ"),
)


def numbers() -> tuple[str, ...]:
    """The candidate numbers, in the order of the list."""
    return tuple(f"{FIRST_NUMBER + place}" for place in range(len(PUPILS)))


def roster_file() -> bytes:
    """The list as an Excel file, with the title rows that such lists have."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([SCHOOL])
    sheet.append([f"DANH SÁCH THÍ SINH LỚP {CLASS}"])
    sheet.append([])
    sheet.append(
        [
            "STT",
            "Số báo danh",
            "Mã định danh Bộ GD&ĐT",
            "Họ và tên",
            "Ngày sinh",
            "Giới tính",
            "Lớp",
            "Số máy",
        ]
    )
    for place, (number, pupil) in enumerate(zip(numbers(), PUPILS, strict=True), start=1):
        born = pupil.born.strftime("%d/%m/%Y")
        code = f"79{place:08d}"
        sheet.append([place, number, code, pupil.name, born, pupil.gender, CLASS, f"{place:02d}"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
