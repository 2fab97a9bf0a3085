"""Word files that these tests import: a whole paper of any length, and one with contradicting keys."""

from collections.abc import Iterator

from tests.item_bank.formats.docx_builder import BOLD, UNDERLINE, docx, math, p, picture, png, run

_FRACTION = "<m:f><m:num><m:r><m:t>2x+1</m:t></m:r></m:num><m:den><m:r><m:t>x-1</m:t></m:r></m:den></m:f>"
_POWER = "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup>"


def whole_paper(choices: int = 4, true_false: int = 2, short_answers: int = 2) -> bytes:
    """A paper of three parts, every key given, formulas and pictures in it."""
    return docx(*_blocks(choices, true_false, short_answers), parts={"word/media/image1.png": png(320, 160)})


def contradicting_paper() -> bytes:
    """Two items: one whose underline and answer line disagree, one that is sound."""
    return docx(
        p(run("PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn.", BOLD)),
        p("Câu 1. Hàm số nào đồng biến?"),
        p(run("A.", UNDERLINE), " Hàm số thứ nhất."),
        *(p(f"{letter}. Hàm số {letter}.") for letter in "BCD"),
        p("Đáp án: C"),
        p("Câu 2. Diện tích hình vuông cạnh 3 bằng"),
        p("A. 6."),
        p(run("B.", UNDERLINE), " 9."),
        p("C. 12."),
        p("D. 27."),
    )


def _blocks(choices: int, true_false: int, short_answers: int) -> Iterator[str]:
    yield p(run("ĐỀ KIỂM TRA GIỮA KÌ – TOÁN 12", BOLD))
    yield p(run("PHẦN I. Câu trắc nghiệm nhiều phương án lựa chọn.", BOLD))
    for number in range(1, choices + 1):
        yield from _choice(number)
    yield p(run("PHẦN II. Câu trắc nghiệm đúng sai.", BOLD))
    for number in range(1, true_false + 1):
        yield from _true_false(number)
    yield p(run("PHẦN III. Câu trắc nghiệm trả lời ngắn.", BOLD))
    for number in range(1, short_answers + 1):
        yield p(
            f"Câu {number}. Một vật đi được bao nhiêu mét trong {number + 1} giây đầu, biết ",
            math(_POWER),
            "?",
        )
        yield p(f"Đáp án: {number},5")


def _choice(number: int) -> Iterator[str]:
    yield p(
        f"Câu {number}. [NB] Tiệm cận đứng của đồ thị thứ {number} có phương trình ", math(_FRACTION), " là"
    )
    if number % 4 == 1:
        yield p(picture(width=320, height=160, description="Đồ thị hàm số"))
    right = "ABCD"[number % 4]
    for letter in "ABCD":
        yield p(run(f"{letter}.", UNDERLINE if letter == right else ""), f" x = {number}{letter.lower()}.")


def _true_false(number: int) -> Iterator[str]:
    yield p(f"Câu {number}. Cho hàm số thứ {number}. Xét tính đúng sai của các khẳng định sau:")
    for letter, truth in zip("abcd", (True, False, True, False), strict=True):
        yield p(
            run(f"{letter})", UNDERLINE if truth else ""), f" Khẳng định {letter} của hàm số thứ {number}."
        )
