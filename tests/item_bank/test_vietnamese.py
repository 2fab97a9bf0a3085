import pytest
from hypothesis import given
from hypothesis import strategies as st

from item_bank.vietnamese import search_key, sort_key, text_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đỗ Thị Ưng", "do thi ung"),
        ("  Mã định danh\nBộ GD&ĐT ", "ma dinh danh bo gd&dt"),
        ("D\u0169ng", "dung"),
        ("Du\u0303ng", "dung"),
        ("SỐ BÁO DANH", "so bao danh"),
    ],
)
def test_search_key(text: str, key: str) -> None:
    assert search_key(text) == key


@given(st.text())
def test_a_search_key_is_its_own_search_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


ORDERED = [
    [
        "Trần Thị An",
        "Lê Văn Anh",
        "Hoàng Ánh",
        "Nguyễn Văn Ân",
        "Trần Bình",
        "Dương Dũng",
        "Đỗ Đức",
        "Lê Hà",
        "Lê Hạ",
    ],
    ["Ma", "Mà", "Mả", "Mã", "Má", "Mạ", "Mai", "Mă", "Mâ"],
    ["Lê Thị Hoa", "Lê Văn Hoa", "Nguyễn An Hoa", "Lê Hoà", "Lê Hóa"],
    ["Bùi Tý", "Bùi Uyên", "Bùi Ước", "Bùi Vy", "Bùi Yến"],
    ["Đào Y", "Đào Ỵ"],
]


@pytest.mark.parametrize("names", ORDERED)
def test_names_stand_as_in_a_class_list(names: list[str]) -> None:
    assert sorted(sorted(names), key=sort_key) == names


def test_the_unicode_form_and_case_do_not_matter() -> None:
    assert sort_key("Nguyễn Dũng")[0] == sort_key("NGUYỄN DU\u0303NG")[0]


@given(st.lists(st.text(), max_size=5))
def test_any_text_has_a_place_that_does_not_depend_on_where_it_stood(names: list[str]) -> None:
    forward, backward = sorted(names, key=sort_key), sorted(names, key=sort_key, reverse=True)[::-1]
    assert [sort_key(name) for name in forward] == [sort_key(name) for name in backward]


def test_numbers_sort_by_size() -> None:
    classes = ["12A1", "12A2", "12A02", "12A10", "12B1", "12B1 chuyên"]
    assert sorted(sorted(classes), key=text_key) == ["12A1", "12A02", "12A2", "12A10", "12B1", "12B1 chuyên"]
    assert sorted(["Mẫu 10", "Mẫu 9", "Mẫu a"], key=sort_key) == ["Mẫu 9", "Mẫu 10", "Mẫu a"]


def test_texts_sort_word_by_word_by_letters_then_tones() -> None:
    titles = ["Văn", "Địa lí", "Ấm", "Toán thử", "Ăn uống", "Dân ca", "Ảo thuật", "Toán 10", "Đại số"]
    assert " < ".join(sorted(titles, key=text_key)) == (
        "Ảo thuật < Ăn uống < Ấm < Dân ca < Đại số < Địa lí < Toán 10 < Toán thử < Văn"
    )
