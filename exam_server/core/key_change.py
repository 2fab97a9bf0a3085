"""Key corrections: their states, and the paper with those that are live. An item's own key is never edited.

proposed ──confirmed by a second person──> live ──rolled back──> rolled_back
    └──withdrawn──> withdrawn                 └──replaced by a later one──> superseded ──restored──> live
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

import msgspec

from exam_server.core.results import PaperQuestion
from exam_server.errors import Conflict, Invalid
from item_bank.kinds import Content, Key, kind_of


class State(StrEnum):
    """Where a correction stands."""

    PROPOSED = "proposed"
    LIVE = "live"
    WITHDRAWN = "withdrawn"
    ROLLED_BACK = "rolled_back"
    SUPERSEDED = "superseded"


class Happening(StrEnum):
    """What can happen to a correction."""

    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    ROLLED_BACK = "rolled_back"
    REPLACED = "replaced"
    RESTORED = "restored"


TRANSITIONS: Mapping[State, Mapping[Happening, State]] = MappingProxyType(
    {
        State.PROPOSED: {Happening.CONFIRMED: State.LIVE, Happening.WITHDRAWN: State.WITHDRAWN},
        State.LIVE: {Happening.ROLLED_BACK: State.ROLLED_BACK, Happening.REPLACED: State.SUPERSEDED},
        State.WITHDRAWN: {},
        State.ROLLED_BACK: {},
        State.SUPERSEDED: {Happening.RESTORED: State.LIVE},
    }
)
"""Every pair that is not listed is a Conflict."""


class AppliedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key that counts for an item instead of its own; None voids it."""

    item: int
    key: Key | None


class EffectivePaper(msgspec.Struct, frozen=True, kw_only=True):
    """A paper with the keys that count, and which of its items are void. These keep their last key."""

    questions: tuple[PaperQuestion, ...]
    void: frozenset[int] = frozenset()

    def key(self, item: int) -> Key | None:
        """The item's key, None when it is void."""
        question = next(entry.question for entry in self.questions if entry.question.id == item)
        return None if item in self.void else question.key


def follow(state: str, happening: Happening) -> State:
    """The state after it. Raises Conflict with code ``key_change_<state>`` when it cannot happen."""
    after = TRANSITIONS[State(state)].get(happening)
    if after is None:
        raise Conflict(f"key_change_{state}")
    return after


def with_changes(paper: Sequence[PaperQuestion], changes: Sequence[AppliedKey]) -> EffectivePaper:
    """The paper with the corrections laid over it."""
    keys = {change.item: change.key for change in changes}
    return EffectivePaper(
        questions=tuple(_with_key(entry, keys.get(entry.question.id)) for entry in paper),
        void=frozenset(item for item, key in keys.items() if key is None),
    )


def with_key(paper: EffectivePaper, item: int, key: Key | None) -> EffectivePaper:
    """The paper with another key for one item; None voids it."""
    return EffectivePaper(
        questions=tuple(
            _with_key(entry, key) if entry.question.id == item else entry for entry in paper.questions
        ),
        void=paper.void | {item} if key is None else paper.void - {item},
    )


def check_key(content: Content, key: Key) -> None:
    """Whether the item can have the key.

    Raises Invalid with code ``key_of_other_kind``, or the kind's own of what is wrong with it.
    """
    kind = kind_of(content)
    if not isinstance(key, kind.key_type):
        raise Invalid("key_of_other_kind", place="key")
    of_content = kind.problems(content, None)
    wrong = [code for code in kind.problems(content, key) if code not in of_content]
    if wrong:
        raise Invalid(wrong[0], place="key")


def _with_key(entry: PaperQuestion, key: Key | None) -> PaperQuestion:
    if key is None:
        return entry
    return PaperQuestion(number=entry.number, question=msgspec.structs.replace(entry.question, key=key))
