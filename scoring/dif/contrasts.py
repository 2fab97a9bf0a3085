"""Which groups are compared with which."""

from dataclasses import dataclass

import numpy as np

from scoring.arrays import BoolArray
from scoring.dif.matching import MIN_PERSONS
from scoring.errors import MeasurementError
from scoring.responses import Responses

MAX_GROUPS = 200


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrast:
    """A focal group against a reference group; ``reference`` None: all others together. ``members`` of shape
    (n_persons,): who is of the focal group, everybody else is of the reference group."""

    focal: str
    reference: str | None
    members: BoolArray

    @property
    def n_focal(self) -> int:
        """Persons of the focal group."""
        return int(np.count_nonzero(self.members))

    @property
    def n_reference(self) -> int:
        """Persons of the reference group."""
        return len(self.members) - self.n_focal


@dataclass(frozen=True, kw_only=True, eq=False)
class Contrasts:
    """What is compared, and which groups were too small for it."""

    compared: tuple[Contrast, ...]
    too_small: tuple[Contrast, ...]


def contrasts(responses: Responses, focal: str | None = None) -> Contrasts:
    """Of two groups the smaller (the later by name when equal) is focal, the other the reference; of more
    each is focal once, against all others. ``focal`` names the only focal group.

    Raises MeasurementError with code ``dif_one_group``; ``dif_too_many_groups`` (``n``, ``most``);
    ``dif_no_such_group`` (``group``, ``groups``); ``dif_group_small`` (``group``, ``n``, ``least``) when none
    is left to compare.
    """
    names = responses.group_names
    if len(names) < 2:
        raise MeasurementError("dif_one_group")
    if len(names) > MAX_GROUPS:
        raise MeasurementError("dif_too_many_groups", n=len(names), most=MAX_GROUPS)
    if focal is not None and focal not in names:
        raise MeasurementError("dif_no_such_group", group=focal, groups=", ".join(names))
    every = [_contrast(responses, place) for place in _focal_places(responses, focal)]
    large = [one for one in every if min(one.n_focal, one.n_reference) >= MIN_PERSONS]
    if not large:
        raise _too_small(every)
    small = tuple(one for one in every if one not in large)
    return Contrasts(compared=tuple(large), too_small=small)


def _focal_places(responses: Responses, focal: str | None) -> list[int]:
    names = responses.group_names
    if focal is not None:
        return [names.index(focal)]
    if len(names) > 2:
        return list(range(len(names)))
    return [0 if np.count_nonzero(responses.groups == 0) < np.count_nonzero(responses.groups == 1) else 1]


def _contrast(responses: Responses, place: int) -> Contrast:
    names = responses.group_names
    return Contrast(
        focal=names[place],
        reference=names[1 - place] if len(names) == 2 else None,
        members=responses.groups == place,
    )


def _too_small(every: list[Contrast]) -> MeasurementError:
    """About the group that is nearest to being large enough; a reference group may be the smaller."""
    best = max(every, key=lambda one: min(one.n_focal, one.n_reference))
    small = best.focal if best.n_focal <= best.n_reference or best.reference is None else best.reference
    n = min(best.n_focal, best.n_reference)
    return MeasurementError("dif_group_small", group=small, n=n, least=MIN_PERSONS)
