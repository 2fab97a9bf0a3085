"""Whether the journal holds what was acknowledged, by the player's own reckoning."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from exam_server.core.chain import journal_chain, journal_genesis
from exam_server.protocol.rehearsal import JournalProof

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def proves(proof: JournalProof, acknowledged: Mapping[int, bytes], digest: str) -> bool:
    """Whether the receipt's ``digest`` (hex) follows from the acknowledged payloads, every one in its place
    and no other."""
    if [seq for seq, _, _ in proof.events] != sorted(acknowledged):
        return False
    head = journal_genesis(proof.sitting, int(proof.seed))
    for seq, fence, received_us in proof.events:
        head = journal_chain(
            head,
            sitting_id=proof.sitting,
            seq=seq,
            fence=fence,
            received_at=_EPOCH + timedelta(microseconds=received_us),
            payload=acknowledged[seq],
        )
    return head.hex() == digest
