"""The check without the database: what a fresh page of every student is shown, against what it was told."""

from collections.abc import Iterable, Iterator
from typing import get_args

from exam_server.core.script import read_script
from exam_server.simulation.checker import MAX_FINDINGS, Finding, Kind, Verdict
from exam_server.simulation.record import Account, Seen


def check_seen(accounts: Iterable[Account]) -> Verdict:
    """The verdict, as far as a server tells: what is lost or different, too many events, another receipt.

    Order, lateness and the chain can only be seen in the database.
    """
    counts: dict[Kind, int] = dict.fromkeys(get_args(Kind), 0)
    findings: list[Finding] = []
    known = list(accounts)
    for one in known:
        for finding in _examine(one, one.seen) if one.seen is not None else ():
            counts[finding.kind] += 1
            if counts[finding.kind] <= MAX_FINDINGS:
                findings.append(finding)
    return Verdict(
        students=len(known),
        acknowledged=sum(event.fate == "acknowledged" for one in known for event in one.events),
        journalled=sum(one.seen.last_seq for one in known if one.seen is not None),
        unaccounted=sum(one.seen is None for one in known),
        counts=counts,
        findings=tuple(findings),
    )


def _examine(account: Account, seen: Seen) -> Iterator[Finding]:
    number = account.number
    taken = {event.seq: event for event in account.events if event.fate != "refused"}
    for seq, event in taken.items():
        if event.fate == "acknowledged" and seq > seen.last_seq:
            yield Finding(kind="lost", number=number, seq=seq)
    if seen.last_seq > len(taken):
        yield Finding(kind="doubled", number=number, seq=None, detail=f"{seen.last_seq} of {len(taken)} sent")
    payloads = [event.payload for seq, event in sorted(taken.items()) if seq <= seen.last_seq]
    if read_script(payloads).saved() != seen.saved:
        yield Finding(kind="different", number=number, seq=None, detail="answers or flags shown again")
    if account.receipt is not None and account.receipt != seen.receipt:
        yield Finding(kind="wrong_receipt", number=number, seq=None)
