"""An original mid-term paper, Maths grade 12, in the format of 2025.

Twelve single-choice, four True/False and six short-answer items; a test computes every key.
"""

from collections.abc import Mapping, Sequence

from item_bank.samples.drawings import cut_square, graph, variation_table
from item_bank.samples.wordml import (
    document,
    fenced,
    formula,
    fraction,
    function,
    index,
    integral,
    join,
    limit,
    paragraph,
    picture,
    power,
    root,
    runs,
    system,
    table,
    text,
    total,
    vector,
)

PART_ONE = "BACDACBDCBAD"
PART_TWO = ("ĐSĐĐ", "ĐĐSS", "SĐSĐ", "ĐĐĐS")
PART_THREE = ("12", "8", "128", "1,5", "-2,5", "0,5")

_CUBIC = (240, 240)
_VARIATION = (420, 160)
_SHEET = (232, 250)


def _question(number: int, level: str, *stem: str) -> str:
    return paragraph(text(f"Câu {number}. ", bold=True), f"[{level}] ", *stem)


def _options(key: str, bodies: Sequence[str], columns: int) -> list[str]:
    labelled = [
        runs(text(f"{letter}.", bold=True, underline=letter == key), " ", body)
        for letter, body in zip("ABCD", bodies, strict=True)
    ]
    lines = [labelled[start : start + columns] for start in range(0, 4, columns)]
    return [paragraph(text("\t").join(line), columns=columns) for line in lines]


def _statements(key: str, bodies: Sequence[Sequence[str]]) -> list[str]:
    return [
        paragraph(text(f"{letter})", underline=truth == "Đ"), " ", *body)
        for letter, truth, body in zip("abcd", key, bodies, strict=True)
    ]


def _solution(*lines: Sequence[str]) -> list[str]:
    return [paragraph(text("Lời giải", bold=True, italic=True)), *(paragraph(*line) for line in lines)]


_X2 = power("x", "2")
_X3 = power("x", "3")
_DX = " dx"


def _horizontal_asymptote() -> list[str]:
    f = formula
    return [
        _question(
            1, "NB", "Đường tiệm cận ngang của đồ thị hàm số ", f("y=", fraction("3x-1", "x+2")), " là"
        ),
        *_options("B", [f("x=-2"), f("y=3"), f("y=-2"), f("x=3")], 4),
    ]


def _graph_of_cubic() -> list[str]:
    f = formula
    return [
        _question(2, "NB", "Đường cong trong hình dưới đây là đồ thị của hàm số nào?"),
        paragraph(
            picture("hinh1", 1, _CUBIC, "Đồ thị đi qua các điểm (-1; 3), (0; 1), (1; -1)"), center=True
        ),
        *_options(
            "A",
            [
                f("y=", _X3, "-3x+1"),
                f("y=-", _X3, "+3x+1"),
                f("y=", power("x", "4"), "-2", _X2, "+1"),
                f("y=", fraction("x+1", "x-1")),
            ],
            2,
        ),
    ]


def _variation() -> list[str]:
    f = formula
    return [
        _question(3, "NB", "Cho hàm số ", f("y=f(x)"), " có bảng biến thiên như sau:"),
        paragraph(picture("hinh2", 2, _VARIATION, "Bảng biến thiên của hàm số f"), center=True),
        paragraph("Hàm số đã cho nghịch biến trên khoảng nào dưới đây?"),
        *_options("C", [f("(-∞;-1)"), f("(2;+∞)"), f("(-1;2)"), f("(-1;3)")], 4),
    ]


def _antiderivative() -> list[str]:
    f = formula
    return [
        _question(
            4, "NB", "Họ nguyên hàm ", f(integral("", "", join(fenced(join("3", _X2, "+2x")), _DX))), " bằng"
        ),
        *_options(
            "D",
            [f("6x+2+C"), f(_X3, "+2", _X2, "+C"), f("3", _X3, "+", _X2, "+C"), f(_X3, "+", _X2, "+C")],
            2,
        ),
    ]


def _rules_of_integrals() -> list[str]:
    f = formula
    return [
        _question(
            5,
            "TH",
            "Biết ",
            f(integral("0", "1", f"f(x){_DX}"), "=2"),
            " và ",
            f(integral("0", "1", f"g(x){_DX}"), "=-3"),
            ". Giá trị của ",
            f(integral("0", "1", join(fenced("2f(x)-g(x)", "[", "]"), _DX))),
            " bằng",
        ),
        *_options("A", [f("7"), f("1"), f("-1"), f("5")], 4),
        *_solution(
            [
                "Ta có ",
                f(
                    "2",
                    integral("0", "1", f"f(x){_DX}"),
                    "-",
                    integral("0", "1", f"g(x){_DX}"),
                    "=2·2-(-3)=7",
                ),
                ".",
            ],
            ["Chọn A."],
        ),
    ]


def _integral_of_root() -> list[str]:
    f = formula
    return [
        _question(
            6, "TH", "Tích phân ", f(integral("0", "3", join(fraction("1", root("x+1")), _DX))), " bằng"
        ),
        *_options("C", [f("1"), f("4"), f("2"), f(fraction("1", "2"))], 4),
        *_solution(
            [
                "Một nguyên hàm là ",
                f("2", root("x+1")),
                " nên tích phân bằng ",
                f("2", root("4"), "-2", root("1"), "=2"),
                ".",
            ],
        ),
    ]


def _normal_vector() -> list[str]:
    f = formula
    bodies = ("2;1;3", "2;-1;3", "-1;3;-5", "2;-1;-5")
    plane = [f(index(vector("n"), str(n)), f"=({body})") for n, body in enumerate(bodies, 1)]
    return [
        _question(
            7,
            "NB",
            "Trong không gian ",
            f("Oxyz"),
            ", mặt phẳng ",
            f("(P):2x-y+3z-5=0"),
            " có một vectơ pháp tuyến là",
        ),
        *_options("B", plane, 2),
    ]


def _angle_of_vectors() -> list[str]:
    f = formula
    return [
        _question(
            8,
            "TH",
            "Trong không gian ",
            f("Oxyz"),
            ", cho ",
            f(vector("a"), "=(1;2;-2)"),
            " và ",
            f(vector("b"), "=(2;-1;2)"),
            ". Giá trị của ",
            f(function("cos", fenced(join(vector("a"), ",", vector("b"))))),
            " bằng",
        ),
        *_options("D", [f(fraction("4", "9")), f(fraction("8", "9")), f("0"), f("-", fraction("4", "9"))], 4),
    ]


def _limit_at_infinity() -> list[str]:
    f = formula
    return [
        _question(
            9, "TH", "Giới hạn ", f(limit("x→+∞", fraction(join("2", _X2, "-x+1"), join(_X2, "+3")))), " bằng"
        ),
        *_options("C", [f("0"), f("+∞"), f("2"), f(fraction("1", "3"))], 4),
    ]


def _linear_system() -> list[str]:
    f = formula
    return [
        _question(
            10,
            "NB",
            "Nghiệm ",
            f("(x;y;z)"),
            " của hệ phương trình ",
            f(system("x+y+z=6", "x-y+z=2", "2x+y-z=1")),
            " là",
        ),
        *_options("B", [f("(2;1;3)"), f("(1;2;3)"), f("(3;2;1)"), f("(1;3;2)")], 4),
    ]


def _area_between_curves() -> list[str]:
    f = formula
    return [
        _question(
            11,
            "VD",
            "Diện tích hình phẳng giới hạn bởi parabol ",
            f("y=", _X2),
            " và đường thẳng ",
            f("y=2x"),
            " bằng",
        ),
        *_options(
            "A",
            [f(fraction("4", "3")), f(fraction("8", "3")), f(fraction("20", "3")), f(fraction("2", "3"))],
            4,
        ),
        *_solution(
            ["Hoành độ giao điểm: ", f(_X2, "=2x⇔x=0"), " hoặc ", f("x=2"), "."],
            [
                "Diện tích bằng ",
                f(
                    integral("0", "2", join(fenced(join("2x-", _X2)), _DX)),
                    "=4-",
                    fraction("8", "3"),
                    "=",
                    fraction("4", "3"),
                ),
                ".",
            ],
        ),
    ]


def _sum_of_odd_numbers() -> list[str]:
    f = formula
    return [
        _question(12, "TH", "Tổng ", f(total("k=1", "10", fenced("2k-1"))), " bằng"),
        *_options("D", [f("90"), f("110"), f("81"), f("100")], 4),
    ]


def _rational_function() -> list[str]:
    f = formula
    return [
        _question(
            1,
            "TH",
            "Cho hàm số ",
            f("f(x)=", fraction(join(_X2, "+4"), "x")),
            ". Xét tính đúng sai của các khẳng định sau:",
        ),
        *_statements(
            PART_TWO[0],
            [
                [f("f'(x)=1-", fraction("4", _X2)), " với mọi ", f("x≠0"), "."],
                ["Hàm số đồng biến trên khoảng ", f("(0;2)"), "."],
                ["Giá trị nhỏ nhất của hàm số trên khoảng ", f("(0;+∞)"), " bằng ", f("4"), "."],
                ["Đồ thị hàm số có tiệm cận xiên là đường thẳng ", f("y=x"), "."],
            ],
        ),
        *_solution(
            [
                "Viết lại ",
                f("f(x)=x+", fraction("4", "x")),
                "; khi đó ",
                f("f'(x)=1-", fraction("4", _X2)),
                ".",
            ],
            ["a) Đúng."],
            ["b) Sai, vì ", f("f'(x)<0"), " trên khoảng ", f("(0;2)"), "."],
            ["c) Đúng, giá trị nhỏ nhất đạt tại ", f("x=2"), "."],
            ["d) Đúng, vì ", f(limit("x→+∞", fenced("f(x)-x", "[", "]")), "=0"), "."],
        ),
    ]


def _motion() -> list[str]:
    f = formula
    return [
        _question(
            2,
            "VD",
            "Một chất điểm chuyển động thẳng với vận tốc ",
            f("v(t)=-", power("t", "2"), "+6t"),
            " (m/s), trong đó ",
            f("t"),
            " tính bằng giây và ",
            f("0≤t≤6"),
            ".",
        ),
        *_statements(
            PART_TWO[1],
            [
                ["Tại thời điểm ", f("t=1"), " giây, vận tốc của chất điểm bằng 5 m/s."],
                ["Vận tốc lớn nhất của chất điểm bằng 9 m/s."],
                ["Quãng đường đi được trong 6 giây bằng 30 m."],
                ["Gia tốc của chất điểm tại thời điểm ", f("t=4"), " giây bằng 2 m/s", _square(), "."],
            ],
        ),
    ]


def _points_and_plane() -> list[str]:
    f = formula
    ab = vector("AB")
    return [
        _question(
            3,
            "TH",
            "Trong không gian ",
            f("Oxyz"),
            ", cho hai điểm ",
            f("A(1;0;2)"),
            ", ",
            f("B(3;2;0)"),
            " và mặt phẳng ",
            f("(P):x+2y-2z+1=0"),
            ".",
        ),
        *_statements(
            PART_TWO[2],
            [
                [f(ab, "=(2;2;2)"), "."],
                ["Trung điểm của đoạn thẳng ", f("AB"), " là ", f("I(2;1;1)"), "."],
                ["Khoảng cách từ điểm ", f("A"), " đến mặt phẳng ", f("(P)"), " bằng ", f("2"), "."],
                ["Mặt phẳng trung trực của đoạn thẳng ", f("AB"), " có phương trình ", f("x+y-z-2=0"), "."],
            ],
        ),
    ]


def _antiderivative_of_cosine() -> list[str]:
    f = formula
    return [
        _question(
            4,
            "VDC",
            "Cho hàm số ",
            f("f(x)=2x+", function("cos", "x")),
            " và ",
            f("F(x)"),
            " là nguyên hàm của ",
            f("f(x)"),
            " thỏa mãn ",
            f("F(0)=1"),
            ".",
        ),
        *_statements(
            PART_TWO[3],
            [
                [f("F(x)=", _X2, "+", function("sin", "x"), "+1"), "."],
                [f("F(π)=", power("π", "2"), "+1"), "."],
                [
                    f(
                        integral("0", fraction("π", "2"), f"f(x){_DX}"),
                        "=",
                        fraction(power("π", "2"), "4"),
                        "+1",
                    ),
                    ".",
                ],
                [
                    "Diện tích hình phẳng giới hạn bởi đồ thị hàm số ",
                    f("y=f(x)"),
                    ", trục hoành và hai đường thẳng ",
                    f("x=0"),
                    ", ",
                    f("x=π"),
                    " bằng ",
                    f(power("π", "2"), "-1"),
                    ".",
                ],
            ],
        ),
    ]


def _square() -> str:
    return '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'


def _answer(accepted: str) -> str:
    return paragraph(text("Đáp án: ", bold=True), accepted)


def _distance_travelled() -> list[str]:
    f = formula
    return [
        _question(
            1,
            "TH",
            "Một vật chuyển động với vận tốc ",
            f("v(t)=3", power("t", "2"), "+2t"),
            " (m/s). Quãng đường vật đi được trong 2 giây đầu tiên bằng bao nhiêu mét?",
        ),
        _answer("12"),
        *_solution(
            [f(integral("0", "2", join(fenced(join("3", power("t", "2"), "+2t")), " dt")), "=8+4=12"), "."]
        ),
    ]


def _solid_of_revolution() -> list[str]:
    f = formula
    return [
        _question(
            2,
            "TH",
            "Cho hình phẳng giới hạn bởi đồ thị hàm số ",
            f("y=", root("x")),
            ", trục hoành và đường thẳng ",
            f("x=4"),
            ". Quay hình phẳng đó quanh trục ",
            f("Ox"),
            " được khối tròn xoay có thể tích ",
            f("V=kπ"),
            ". Tìm ",
            f("k"),
            ".",
        ),
        _answer("8"),
        *_solution([f("V=π", integral("0", "4", f"x{_DX}"), "=8π"), " nên ", f("k=8"), "."]),
    ]


def _open_box() -> list[str]:
    f = formula
    return [
        _question(
            3,
            "VD",
            "Từ một tấm bìa hình vuông cạnh 12 cm, người ta cắt ở bốn góc bốn hình vuông bằng nhau cạnh ",
            f("x"),
            " cm rồi gấp thành một hộp không nắp (xem hình). Thể tích lớn nhất của hộp bằng bao nhiêu ",
            "xentimét khối?",
        ),
        paragraph(
            picture("hinh3", 3, _SHEET, "Tấm bìa vuông cạnh 12 cm, bốn góc cắt bỏ hình vuông cạnh x"),
            center=True,
        ),
        _answer("128"),
        *_solution(
            ["Thể tích ", f("V(x)=x", power(fenced("12-2x"), "2")), " với ", f("0<x<6"), "."],
            [
                f("V'(x)=12(x-2)(x-6)"),
                " nên ",
                f("V"),
                " lớn nhất khi ",
                f("x=2"),
                ", khi đó ",
                f("V(2)=128"),
                ".",
            ],
        ),
    ]


def _parallel_planes() -> list[str]:
    f = formula
    return [
        _question(
            4,
            "VD",
            "Trong không gian ",
            f("Oxyz"),
            ", tính khoảng cách giữa hai mặt phẳng song song ",
            f("(P):2x-y+2z+1=0"),
            " và ",
            f("(Q):4x-2y+4z-7=0"),
            ".",
        ),
        _answer("1,5"),
        *_solution(
            [
                "Lấy ",
                f("M(0;1;0)∈(P)"),
                ". Khoảng cách bằng ",
                f(
                    fraction(
                        fenced("-2-7", "|", "|"),
                        root(join(power("4", "2"), "+", power("2", "2"), "+", power("4", "2"))),
                    ),
                    "=1,5",
                ),
                ".",
            ],
        ),
    ]


def _local_minimum() -> list[str]:
    f = formula
    return [
        _question(5, "NB", "Tìm giá trị cực tiểu của hàm số ", f("y=", _X3, "-3", _X2, "+1,5"), "."),
        _answer("-2,5"),
    ]


def _conditional_probability() -> list[str]:
    return [
        _question(
            6,
            "TH",
            "Một lớp có 40 học sinh, trong đó 25 em thích môn Toán, 20 em thích môn Vật lí và 10 em ",
            "thích cả hai môn. Chọn ngẫu nhiên một học sinh trong số các em thích môn Vật lí. ",
            "Xác suất để em đó thích môn Toán bằng bao nhiêu?",
        ),
        _answer("0,5 hoặc 0,50"),
    ]


_PART_ONE_QUESTIONS = (
    _horizontal_asymptote,
    _graph_of_cubic,
    _variation,
    _antiderivative,
    _rules_of_integrals,
    _integral_of_root,
    _normal_vector,
    _angle_of_vectors,
    _limit_at_infinity,
    _linear_system,
    _area_between_curves,
    _sum_of_odd_numbers,
)
_PART_TWO_QUESTIONS = (_rational_function, _motion, _points_and_plane, _antiderivative_of_cosine)
_PART_THREE_QUESTIONS = (
    _distance_travelled,
    _solid_of_revolution,
    _open_box,
    _parallel_planes,
    _local_minimum,
    _conditional_probability,
)


def _part_heading(numeral: str, words: str, instruction: str) -> str:
    return paragraph(text(f"PHẦN {numeral}. {words} ", bold=True), instruction)


def _answer_rows(answers: Sequence[str]) -> list[list[str]]:
    return [["Câu", *(str(n) for n in range(1, len(answers) + 1))], ["Đáp án", *answers]]


def pictures() -> Mapping[str, bytes]:
    """The pictures of the paper as PNG, by relationship id."""
    signs = ("+", "0", "-", "0", "+")
    values = (("-∞", 0.0), ("3", 1.0), ("-1", 0.0), ("+∞", 1.0))
    return {
        "hinh1": graph(lambda x: x**3 - 3 * x + 1, [(-1, 3), (1, -1), (0, 1)], _CUBIC),
        "hinh2": variation_table(("-∞", "-1", "2", "+∞"), signs, values),
        "hinh3": cut_square(),
    }


def paper() -> bytes:
    """The paper as a .docx file."""
    blocks = [
        paragraph(text("TRƯỜNG THPT MINH HỌA", bold=True), center=True),
        paragraph(text("ĐỀ KIỂM TRA GIỮA KỲ II – MÔN TOÁN LỚP 12", bold=True), center=True),
        paragraph(text("Thời gian làm bài: 90 phút", italic=True), center=True),
        _part_heading(
            "I",
            "Câu trắc nghiệm nhiều phương án lựa chọn.",
            "Thí sinh trả lời từ câu 1 đến câu 12. Mỗi câu hỏi thí sinh chỉ chọn một phương án.",
        ),
        *(block for question in _PART_ONE_QUESTIONS for block in question()),
        _part_heading(
            "II",
            "Câu trắc nghiệm đúng sai.",
            "Thí sinh trả lời từ câu 1 đến câu 4. Trong mỗi ý a), b), c), d), thí sinh chọn đúng hoặc sai.",
        ),
        *(block for question in _PART_TWO_QUESTIONS for block in question()),
        _part_heading("III", "Câu trắc nghiệm trả lời ngắn.", "Thí sinh trả lời từ câu 1 đến câu 6."),
        *(block for question in _PART_THREE_QUESTIONS for block in question()),
        paragraph(text("------------ HẾT ------------", bold=True), center=True),
        paragraph(text("BẢNG ĐÁP ÁN", bold=True), center=True),
        paragraph(text("PHẦN I", bold=True)),
        table(_answer_rows(PART_ONE)),
        paragraph(text("PHẦN II", bold=True)),
        table(_answer_rows(PART_TWO)),
        paragraph(text("PHẦN III", bold=True)),
        table(_answer_rows(PART_THREE)),
        paragraph(),
    ]
    return document(blocks, pictures())
