"""No event can be changed, moved, taken out or put in without the chain showing it."""

import hashlib
from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from exam_server.core.chain import (
    Link,
    broken_at,
    event_chain,
    event_genesis,
    journal_chain,
    journal_genesis,
    receipt_code,
)

AT = datetime(2026, 6, 26, 1, tzinfo=UTC)


def journal(payloads: list[bytes], sitting_id: int = 7, seed: int = 5) -> list[Link]:
    links: list[Link] = []
    chain = journal_genesis(sitting_id, seed)
    for seq, payload in enumerate(payloads, start=1):
        at = AT + timedelta(microseconds=seq)
        chain = journal_chain(chain, sitting_id=sitting_id, seq=seq, fence=1, received_at=at, payload=payload)
        links.append(Link(seq=seq, fence=1, received_at=at, payload=payload, chain=chain))
    return links


PAYLOADS = st.lists(st.binary(max_size=40), min_size=1, max_size=12)


@given(PAYLOADS)
def test_a_journal_as_written_is_whole(payloads: list[bytes]) -> None:
    assert broken_at(7, 5, journal(payloads)) is None


@given(PAYLOADS, st.data())
def test_any_change_is_found_where_it_was_made(payloads: list[bytes], data: st.DataObject) -> None:
    links = journal(payloads)
    place = data.draw(st.integers(0, len(links) - 1))
    link = links[place]
    tampered = data.draw(
        st.sampled_from(
            [
                msgspec.structs.replace(link, payload=link.payload + b" "),
                msgspec.structs.replace(link, received_at=link.received_at - timedelta(microseconds=1)),
                msgspec.structs.replace(link, fence=2),
                msgspec.structs.replace(link, chain=hashlib.sha256(link.chain).digest()),
            ]
        )
    )
    assert broken_at(7, 5, [*links[:place], tampered, *links[place + 1 :]]) == place + 1


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=12), st.data())
def test_an_event_taken_out_is_missed(payloads: list[bytes], data: st.DataObject) -> None:
    links = journal(payloads)
    place = data.draw(st.integers(0, len(links) - 2))
    assert broken_at(7, 5, [*links[:place], *links[place + 1 :]]) == place + 1


def test_a_journal_belongs_to_its_sitting_and_seed() -> None:
    links = journal([b"a"])
    assert broken_at(8, 5, links) == 1
    assert broken_at(7, 6, links) == 1


def test_the_chain_is_plain_sha256_over_the_documented_bytes() -> None:
    start = hashlib.sha256(b"khaothi journal 1" + (7).to_bytes(8, "big") + (5).to_bytes(8, "big")).digest()
    microseconds = 1_782_435_600_000_000
    numbers = b"".join(number.to_bytes(8, "big") for number in (7, 1, 3, microseconds))
    expected = hashlib.sha256(start + numbers + b"{}").digest()
    assert journal_chain(start, sitting_id=7, seq=1, fence=3, received_at=AT, payload=b"{}") == expected
    assert journal_genesis(7, 5) == start


@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_log_lines_that_read_the_same_run_together_differ(first: str, second: str, third: str) -> None:
    one = event_chain(event_genesis(1), sitting_id=1, n=1, at=AT, texts=(first, second + third))
    other = event_chain(event_genesis(1), sitting_id=1, n=1, at=AT, texts=(first + second, third))
    assert (one == other) == (second == "")


def test_the_receipt_code_is_short_enough_to_copy_by_hand() -> None:
    assert receipt_code(bytes.fromhex("00af3c9912ffee")) == "00AF-3C99-12FF"
