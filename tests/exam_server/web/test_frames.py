"""The websocket's wire format, against the client side of another implementation."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Close, Frame
from websockets.frames import Opcode as Theirs
from websockets.protocol import Protocol, Side

from exam_server.web.frames import (
    MAX_CONTROL_BYTES,
    Fault,
    FrameReader,
    Opcode,
    close_payload,
    frame,
    text_frame,
)

LIMIT = 2_000
KEY = b"\x01\x02\x03\x04"

Heard = list[tuple[Opcode, bytes]]
Message = tuple[Opcode, Sequence[bytes]]

control = st.tuples(
    st.sampled_from([Opcode.PING, Opcode.PONG, Opcode.CLOSE]), st.binary(max_size=MAX_CONTROL_BYTES)
)
parts = st.lists(st.binary(max_size=LIMIT // 4), min_size=1, max_size=4)
messages = st.tuples(st.sampled_from([Opcode.TEXT, Opcode.BINARY]), parts)


def masked(opcode: int, payload: bytes = b"", *, first: int = 0x80, size: bytes = b"") -> bytes:
    """A client's frame, by hand: ``first`` has the bits beside the opcode, ``size`` a length not its own."""
    length = size or bytes([0x80 | len(payload)])
    hidden = bytes(byte ^ KEY[place % 4] for place, byte in enumerate(payload))
    return bytes([first | opcode]) + length + KEY + hidden


def frames_of(message: Message) -> list[Frame]:
    opcode, payloads = message
    last = len(payloads) - 1
    return [
        Frame(Theirs(opcode if place == 0 else Opcode.CONTINUATION), payload, fin=place == last)
        for place, payload in enumerate(payloads)
    ]


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places})
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


def read(*chunks: bytes) -> tuple[Heard, Fault | None]:
    """What a reader hears in these chunks, and why it stopped."""
    reader, heard = FrameReader(LIMIT), Heard()
    for chunk in chunks:
        reader.feed(chunk, lambda opcode, payload: heard.append((opcode, payload)))
    return heard, reader.fault


@settings(deadline=None)
@given(st.lists(messages, max_size=6), st.lists(control, max_size=6), st.data())
def test_what_a_client_sends_comes_out_whole_however_it_is_cut(
    said: list[Message], between: list[tuple[Opcode, bytes]], data: st.DataObject
) -> None:
    frames = [one for message in said for one in frames_of(message)]
    for opcode, payload in between:
        place = data.draw(st.integers(0, len(frames)))
        frames.insert(place, Frame(Theirs(opcode), payload))
    sent = b"".join(one.serialize(mask=True) for one in frames)
    heard, fault = read(*cut(sent, data.draw(st.lists(st.integers(0, 2**16), max_size=8))))
    assert fault is None
    assert [one for one in heard if one[0] < Opcode.CLOSE] == [
        (opcode, b"".join(payloads)) for opcode, payloads in said
    ]
    assert [one for one in heard if one[0] >= Opcode.CLOSE] == [
        (Opcode(one.opcode), one.data) for one in frames if one.opcode >= Theirs.CLOSE
    ]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=LIMIT), max_size=4), st.binary(min_size=4, max_size=4))
def test_any_key_is_undone(payloads: list[bytes], key: bytes) -> None:
    sent = b"".join(
        bytes([0x81, 0xFE])
        + len(payload).to_bytes(2)
        + key
        + bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
        for payload in payloads
    )
    assert read(sent) == ([(Opcode.TEXT, payload) for payload in payloads], None)


def test_a_message_is_heard_with_its_last_byte() -> None:
    sent = Frame(Theirs.TEXT, b"x" * 300).serialize(mask=True)
    chunks = [sent[place : place + 1] for place in range(len(sent))]
    assert read(*chunks[:-1]) == ([], None)
    assert read(*chunks) == ([(Opcode.TEXT, b"x" * 300)], None)


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        pytest.param(frame(Opcode.TEXT, b"x"), "protocol", id="not masked"),
        pytest.param(masked(1, first=0xC0), "protocol", id="first reserved bit"),
        pytest.param(masked(1, first=0x90), "protocol", id="last reserved bit"),
        pytest.param(masked(3), "protocol", id="unknown opcode"),
        pytest.param(masked(11), "protocol", id="unknown control opcode"),
        pytest.param(masked(9, first=0), "protocol", id="control in fragments"),
        pytest.param(masked(9, b"x" * 126, size=b"\xfe\x00\x7e"), "protocol", id="long control"),
        pytest.param(masked(0), "protocol", id="continuation of nothing"),
        pytest.param(masked(0, first=0), "protocol", id="unfinished continuation of nothing"),
        pytest.param(masked(1, b"a", first=0) + masked(1, b"b"), "protocol", id="message within another"),
        pytest.param(masked(1, size=b"\xfe" + (LIMIT + 1).to_bytes(2)), "too_large", id="announced"),
        pytest.param(masked(1, size=b"\xff" + (2**40).to_bytes(8)), "too_large", id="announced in 64 bits"),
        pytest.param(masked(1, size=b"\xff" + b"\xff" * 8), "too_large", id="as large as can be said"),
        pytest.param(
            masked(1, b"x" * 100, first=0) * 1 + masked(0, b"x" * 100, first=0) * (LIMIT // 100),
            "too_large",
            id="in fragments",
        ),
    ],
)
def test_a_violation_is_the_end(sent: bytes, fault: Fault) -> None:
    before, after = masked(1, b"before"), masked(1, b"after") + masked(8)
    assert read(before, sent, after) == ([(Opcode.TEXT, b"before")], fault)
    assert read(before + sent + after) == ([(Opcode.TEXT, b"before")], fault)


def test_the_limit_itself_is_allowed() -> None:
    whole = Frame(Theirs.TEXT, b"x" * LIMIT)
    halves = frames_of((Opcode.TEXT, [b"x" * (LIMIT // 2)] * 2))
    for frames in ([whole], halves):
        sent = b"".join(one.serialize(mask=True) for one in frames)
        assert read(sent) == ([(Opcode.TEXT, b"x" * LIMIT)], None)


@settings(deadline=None)
@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=6))
def test_any_bytes_are_read_or_refused_the_same_however_they_are_cut(sent: bytes, places: list[int]) -> None:
    assert read(*cut(sent, places)) == read(sent)


def their_reading(sent: bytes) -> list[tuple[int, bytes]]:
    client = Protocol(Side.CLIENT, max_size=None)
    client.receive_data(sent)
    assert client.parser_exc is None
    events = client.events_received()
    assert all(isinstance(one, Frame) and one.fin for one in events)
    return [(int(one.opcode), bytes(one.data)) for one in events if isinstance(one, Frame)]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("opcode", [Opcode.TEXT, Opcode.BINARY])
def test_another_implementation_reads_what_we_send(opcode: Opcode, size: int) -> None:
    assert their_reading(frame(opcode, b"x" * size)) == [(opcode, b"x" * size)]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_a_text_is_a_text(text: str) -> None:
    assert text_frame(text.encode()) == frame(Opcode.TEXT, text.encode())
    assert their_reading(text_frame(text.encode())) == [(Opcode.TEXT, text.encode())]


@pytest.mark.parametrize("reason", ["", "SUPERSEDED", "x" * 123])
def test_a_close_tells_its_code_and_reason(reason: str) -> None:
    client = Protocol(Side.CLIENT)
    client.receive_data(frame(Opcode.CLOSE, close_payload(4409, reason)))
    assert client.close_rcvd == Close(4409, reason)


def test_a_ping_and_a_pong_are_theirs() -> None:
    assert their_reading(frame(Opcode.PING, b"") + frame(Opcode.PONG, b"x")) == [
        (Opcode.PING, b""),
        (Opcode.PONG, b"x"),
    ]
