"""A form is bytes that only its key opens, and a key is nothing without the master key."""

import gzip

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.form import compile_form, open_form, unwrap_key, wrap_key
from exam_server.core.pictures import pictures_in
from exam_server.core.pin import pin_hmac
from exam_server.protocol.form import Form, FormItem, FormPart
from item_bank.kinds.single_choice import Option, SingleChoice
from item_bank.richtext import Cell, Image, Paragraph, Table, Text

KEY, NONCE = bytes(range(32)), bytes(range(12))
SHA = [f"{place:064x}" for place in range(4)]


def picture(place: int) -> Image:
    return Image(sha256=SHA[place], width=10, height=10)


CONTENT = SingleChoice(
    stem=(Paragraph(children=(Text(text="Hỏi?"), picture(0))),),
    options=(
        Option(id="A", body=(Paragraph(children=(picture(1),)),)),
        Option(
            id="B", body=(Table(rows=((Cell(children=(Paragraph(children=(picture(2), picture(0))),)),),)),)
        ),
    ),
)
FORM = Form(
    id=7,
    title="Đề",
    subject="Toán",
    minutes=90,
    parts=(
        FormPart(label="PHẦN I", instruction="", items=(FormItem(id=1, content=CONTENT, points="0.25"),)),
    ),
)


def test_the_layout_on_the_wire() -> None:
    blob = compile_form(FORM, KEY, NONCE)
    assert blob[:12] == NONCE
    assert blob == compile_form(FORM, KEY, NONCE)
    assert open_form(blob, KEY) == FORM
    plain = gzip.compress(msgspec.json.encode(FORM), mtime=0)
    assert len(blob) == 12 + len(plain) + 16
    assert "Hỏi".encode() not in blob


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed(place: int, bit: int) -> None:
    blob = bytearray(compile_form(FORM, KEY, NONCE))
    blob[place % len(blob)] ^= 1 << bit
    with pytest.raises(ValueError, match="damaged"):
        open_form(bytes(blob), KEY)


@given(master=st.binary(min_size=32, max_size=32), key=st.binary(min_size=32, max_size=32))
def test_a_key_is_wrapped_under_one_master_key(master: bytes, key: bytes) -> None:
    wrapped = wrap_key(master, key, NONCE)
    assert unwrap_key(master, wrapped) == key
    assert key not in wrapped
    with pytest.raises(ValueError, match="master"):
        unwrap_key(bytes(byte ^ 1 for byte in master), wrapped)


def test_a_wrapped_key_is_no_form() -> None:
    with pytest.raises(ValueError, match="master"):
        unwrap_key(KEY, compile_form(FORM, KEY, NONCE))


def test_pictures_are_found_wherever_they_stand() -> None:
    assert list(pictures_in((CONTENT, None))) == [SHA[0], SHA[1], SHA[2], SHA[0]]


def test_a_pin_is_bound_to_its_shift_and_number() -> None:
    made = {
        pin_hmac(pepper, shift, number, pin)
        for pepper in (b"a", b"b")
        for shift in (1, 2)
        for number in ("001", "01")
        for pin in ("123456", "1123456")
    }
    assert len(made) == 16
    assert all(len(each) == 32 for each in made)
