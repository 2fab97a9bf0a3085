"""Candidate lists as schools send them."""

NAMES = (
    "Nguyễn Thị Ánh", "Trần Văn Bình", "Lê Hoàng Châu", "Phạm Minh Đức", "Hoàng Thu Hà", "Vũ Quốc Hùng",
    "Đặng Ngọc Lan", "Bùi Gia Linh", "Đỗ Thành Long", "Hồ Khánh Ly", "Ngô Đức Mạnh", "Dương Trà My",
    "Lý Hải Nam", "Đinh Thảo Nguyên", "Mai Tuấn Phong", "Trịnh Yến Nhi", "Cao Bảo Quân", "Tạ Diễm Quỳnh",
    "Phan Anh Sơn", "Võ Phương Thảo", "Lương Nhật Tân", "Huỳnh Cẩm Tú", "Châu Hữu Uy", "Tô Hải Yến",
)  # fmt: skip
OWN_CLASS = 20
"""The first so many of NAMES are in class 12A1, the others in 12A2."""


def clean_roster(prefix: str = "12", first: str = "12A1", second: str = "12A2") -> bytes:
    """Every name with a number, birthday, class and seat."""
    return _csv(
        [
            _row(place, name, prefix, first if place <= OWN_CLASS else second)
            for place, name in enumerate(NAMES, start=1)
        ]
    )


def roster_with_bad_rows() -> bytes:
    """Line 3 repeats line 2's number, line 4 has an impossible birthday."""
    rows = [_row(place, name, "77", "12A1") for place, name in enumerate(NAMES[:4], start=1)]
    rows[1] = rows[1].replace("770002", "770001")
    rows[2] = rows[2].replace("03/09/2008", "31/02/2008")
    return _csv(rows)


def _row(place: int, name: str, prefix: str, school_class: str) -> str:
    return f"{place},{prefix}{place:04d},{name},{place % 28:02d}/09/2008,{school_class},{place:02d}"


def _csv(rows: list[str]) -> bytes:
    return "\n".join(["STT,Số báo danh,Họ và tên,Ngày sinh,Lớp,Số máy", *rows]).encode("utf-8-sig")
