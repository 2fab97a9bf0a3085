"""The checker: what students were told against what the database holds.

``check`` is for after a run, when nothing writes any more: whatever a student was acknowledged with must be
in the journal as sent, once, in its place, in time and chained, and nothing that nobody sent.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import Literal, get_args

import msgspec

from exam_server.core.chain import Link, broken_at, journal_genesis
from exam_server.core.sitting import State
from exam_server.core.timing import deadline
from exam_server.simulation.record import Account, Proof, Told
from exam_server.store.database import Connection, Database, read_queries
from exam_server.store.sittings import StoredSitting, select_sittings

SQL = read_queries(__file__)

MAX_FINDINGS = 20
"""Most findings of a kind that a verdict spells out."""

_BATCH = 500
_EXCERPT = 120
_IN = frozenset({State.SUBMITTED, State.CLOSED})

Kind = Literal["lost", "doubled", "reordered", "different", "late", "broken_chain", "wrong_receipt"]
"""What can be wrong.

lost: acknowledged, and not in the journal. doubled: one event there under two numbers. reordered: there,
but not in its place. different: not what was sent, sent by nobody, or refused. late: received after deadline
and grace. broken_chain: not what was chained. wrong_receipt: not the journal's end, or the script is not in.
"""


_Wrong = tuple[Kind, int | None, str]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong, of one candidate; ``seq`` None when it is about the whole sitting."""

    kind: Kind
    number: str
    seq: int | None
    detail: str = ""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """``counts`` of all findings by kind, and the first of each in ``findings``. ``unaccounted``: sittings
    with a journal of which no account was given."""

    students: int
    acknowledged: int
    journalled: int
    unaccounted: int
    counts: dict[Kind, int]
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Nothing is wrong, and nothing went unchecked."""
        return not any(self.counts.values()) and not self.unaccounted


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What the database holds of one candidate."""

    number: str
    stored: StoredSitting
    links: tuple[Link, ...]


class Known:
    """What a candidate's clients know together: ``made`` is each event without its number."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        given = list(accounts)
        self.events: list[Told] = [event for account in given for event in account.events]
        self.receipts: list[Proof] = [one.receipt for one in given if one.receipt is not None]
        taken = [event for event in self.events if event.fate != "refused"]
        self.payloads = {event.payload for event in taken}
        self.made = {_logical(payload) for payload in self.payloads}
        self._at: defaultdict[int, set[bytes]] = defaultdict(set)
        for event in taken:
            self._at[event.seq].add(event.payload)

    def at(self, seq: int) -> Collection[bytes]:
        """The payloads that were sent under this number and not refused."""
        return self._at.get(seq, ())


async def check(
    database: Database, shift_id: int, accounts: Iterable[Account], *, grace_ms: int = 0
) -> Verdict:
    """Compare a shift's journals with what its students know. ``grace_ms``: the server's setting."""
    told = _by_number(accounts)
    tally = _Tally()
    async with database.snapshot() as connection:
        async for held in _shift(connection, shift_id):
            tally.take(held, told.get(held.number), grace_ms)
    for number in told.keys() - tally.seen:
        tally.note(Finding(kind="lost", number=number, seq=None, detail="no such candidate in the shift"))
    return Verdict(
        students=len(told),
        acknowledged=sum(event.fate == "acknowledged" for events in told.values() for event in events.events),
        journalled=tally.journalled,
        unaccounted=tally.unaccounted,
        counts=tally.counts,
        findings=tuple(tally.findings),
    )


def examine(held: Held, known: Known, *, grace_ms: int = 0) -> Iterator[Finding]:
    """All that is wrong with one candidate's journal."""
    wrong = chain(
        _missing(held, known),
        _misplaced(held, known),
        _late(held, grace_ms),
        _chained(held),
        _proved(held, known),
    )
    for kind, seq, detail in wrong:
        yield Finding(kind=kind, number=held.number, seq=seq, detail=detail)


def _missing(held: Held, known: Known) -> Iterator[_Wrong]:
    """What was acknowledged and is nowhere; where the row is there but altered, that is told by the row."""
    rows = {link.seq: link.payload for link in held.links}
    payloads = set(rows.values())
    for event in known.events:
        if event.fate == "acknowledged" and event.payload not in payloads:
            there = rows.get(event.seq)
            if there is None or there in known.payloads:
                yield "lost", event.seq, _excerpt(event.payload)


def _misplaced(held: Held, known: Known) -> Iterator[_Wrong]:
    """Rows that are not what was sent as their number, and rows of an older connection behind a newer's."""
    placed = {_logical(link.payload) for link in held.links if link.payload in known.at(link.seq)}
    for link in held.links:
        if link.payload not in known.at(link.seq):
            same = _logical(link.payload)
            kind = "doubled" if same in placed else "reordered" if same in known.made else "different"
            if kind == "reordered":
                placed.add(same)
            yield kind, link.seq, _excerpt(link.payload)
    for before, after in pairwise(held.links):
        if after.fence < before.fence:
            yield "reordered", after.seq, f"fence {after.fence} after {before.fence}"


def _late(held: Held, grace_ms: int) -> Iterator[_Wrong]:
    end = _end_of(held.stored)
    for link in held.links:
        if end is None or link.received_at > end + timedelta(milliseconds=grace_ms):
            yield (
                "late",
                link.seq,
                f"received {link.received_at.isoformat()}, time ended {end and end.isoformat()}",
            )


def _end_of(stored: StoredSitting) -> datetime | None:
    """When the candidate's time ends; None when it has not begun."""
    if stored.sitting.paused_at is not None:
        return stored.terms.closes_at
    return deadline(stored.sitting, stored.terms)


def _chained(held: Held) -> Iterator[_Wrong]:
    seq = broken_at(held.stored.id, held.stored.seed, held.links)
    if seq is not None:
        yield "broken_chain", seq, ""


def _proved(held: Held, known: Known) -> Iterator[_Wrong]:
    """A receipt stands for the whole journal of a script that is in."""
    for receipt in known.receipts:
        head = held.links[-1].chain if held.links else journal_genesis(held.stored.id, held.stored.seed)
        if held.stored.sitting.state not in _IN:
            yield "wrong_receipt", None, f"the sitting is {held.stored.sitting.state}"
        elif (receipt.digest, receipt.events) != (head.hex(), len(held.links)):
            yield (
                "wrong_receipt",
                None,
                f"{receipt.digest} of {receipt.events}: {head.hex()} of {len(held.links)}",
            )


class _Tally:
    """Findings so far."""

    def __init__(self) -> None:
        self.counts: dict[Kind, int] = dict.fromkeys(get_args(Kind), 0)
        self.findings: list[Finding] = []
        self.seen: set[str] = set()
        self.journalled = 0
        self.unaccounted = 0

    def take(self, held: Held, known: Known | None, grace_ms: int) -> None:
        self.seen.add(held.number)
        self.journalled += len(held.links)
        if known is None:
            self.unaccounted += bool(held.links)
            return
        for finding in examine(held, known, grace_ms=grace_ms):
            self.note(finding)

    def note(self, finding: Finding) -> None:
        self.counts[finding.kind] += 1
        if self.counts[finding.kind] <= MAX_FINDINGS:
            self.findings.append(finding)


def _by_number(accounts: Iterable[Account]) -> dict[str, Known]:
    grouped: defaultdict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        grouped[account.number].append(account)
    return {number: Known(mine) for number, mine in grouped.items()}


def _logical(payload: bytes) -> bytes:
    """The event apart from its number: what was done, to which item, when."""
    try:
        message = msgspec.json.decode(payload, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return payload
    return msgspec.json.encode({name: value for name, value in sorted(message.items()) if name != "seq"})


def _excerpt(payload: bytes) -> str:
    return payload[:_EXCERPT].decode(errors="replace")


async def _shift(connection: Connection, shift_id: int) -> AsyncGenerator[Held]:
    rows = await connection.fetch(SQL["select_sitting_ids"], shift_id)
    numbers = {row["id"]: row["number"] for row in rows}
    ids = list(numbers)
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        links = await _links(connection, some)
        for stored in await select_sittings(connection, some):
            yield Held(number=numbers[stored.id], stored=stored, links=tuple(links[stored.id]))


async def _links(connection: Connection, ids: Sequence[int]) -> defaultdict[int, list[Link]]:
    links: defaultdict[int, list[Link]] = defaultdict(list)
    for row in await connection.fetch(SQL["select_links"], ids):
        links[row["sitting_id"]].append(
            Link(
                seq=row["seq"],
                fence=row["fence"],
                received_at=row["received_at"],
                payload=row["payload"],
                chain=row["chain"],
            )
        )
    return links
