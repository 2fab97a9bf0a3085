"""Whether the journal holds what was acknowledged, by the player's own reckoning."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.protocol.rehearsal import JournalProof

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def proves(proof: JournalProof, acknowledged: Mapping[int, bytes], digest: str) -> bool:
    """Whether the receipt's ``digest`` (hex) follows from the acknowledged payloads, every one in its place
    and no other."""
    if [event.seq for event in proof.events] != sorted(acknowledged):
        return False
    head = journal_genesis(proof.sitting, int(proof.seed))
    for event in proof.events:
        head = journal_chain(
            head,
            sitting_id=proof.sitting,
            seq=event.seq,
            fence=event.fence,
            received_at=_EPOCH + timedelta(microseconds=event.received_us),
            payload=acknowledged[event.seq],
        )
    return head.hex() == digest
