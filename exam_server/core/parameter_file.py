"""Item parameters as a file: JSON that a calibration writes and scoring, linking and the bank read."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

import msgspec
import numpy as np

from exam_server.core.covariance_rows import covariance_rows
from exam_server.errors import Invalid
from scoring.arrays import FloatArray
from scoring.calibrated import Calibration, Group, ItemErrors
from scoring.items import DICHOTOMOUS, DIVIDED, Item, Model

MAX_ITEMS = 20_000
ROUNDED = 0.02
"""How far apart intercepts and difficulties may be that were written with two decimals."""


class NodeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The nodes: how many, evenly spaced from −``range`` to ``range``."""

    count: int
    range: float


class ErrorFigures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Standard errors; left out where a parameter is fixed."""

    a: float | None = None
    intercepts: tuple[float, ...] | None = None
    c: float | None = None
    d_upper: float | None = None
    category_slopes: tuple[float, ...] | None = None


class ItemFigures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item: (a, b, c, d) for people, slope and intercepts for computing. ``b`` for two categories, ``b_k``
    for more; ``category_slopes`` for a nominal item. ``lowest``: what the responses' file called category 0.
    A file may give ``b`` or ``b_k`` alone: ``read_parameters`` finds the intercepts.
    """

    name: str
    model: Model
    a: float
    intercepts: tuple[float, ...] = ()
    b: float | None = None
    b_k: tuple[float, ...] | None = None
    c: float = 0.0
    d_upper: float = 1.0
    category_slopes: tuple[float, ...] | None = None
    se: ErrorFigures | None = None
    lowest: int = 0

    def item(self) -> Item:
        """For computing."""
        slopes = self.category_slopes
        return Item(
            name=self.name,
            model=self.model,
            slope=self.a,
            intercepts=np.array(self.intercepts, dtype=np.float64),
            lower=self.c,
            upper=self.d_upper,
            category_slopes=None if slopes is None else np.array(slopes, dtype=np.float64),
        )


class GroupFigures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A group's distribution of θ. ``weights`` at the nodes where it is not normal."""

    name: str
    mean: float
    sd: float
    n: int = 0
    weights: tuple[float, ...] | None = None


class ParameterFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """PARAMS.json. ``input_sha256`` is of the file the responses came from; ``covariance`` as
    ``covariance_rows`` makes it. Only ``items`` must be there: parameters out of a book have no calibration,
    and are on the scale of the standard normal."""

    model: str = ""
    loglik: float | None = None
    n: float | None = None
    nodes: NodeFigures = NodeFigures(count=61, range=6.0)
    converged: bool | None = None
    gradient_norm: float | None = None
    iterations: int | None = None
    seconds: float | None = None
    input_sha256: str = ""
    items: tuple[ItemFigures, ...]
    groups: tuple[GroupFigures, ...] = (GroupFigures(name="", mean=0.0, sd=1.0),)
    covariance: dict[str, str] | None = None


_DECODER = msgspec.json.Decoder(ParameterFile)


def read_parameters(data: bytes, filename: str) -> ParameterFile:
    """Read PARAMS.json.

    Raises Invalid with code ``parameters_unreadable`` (``reason``), ``parameters_empty`` (``limit``), or
    about an ``item``: ``parameters_twice``, a name that comes twice; ``parameters_wrong``, no item of its
    model; ``parameters_contradict``, intercepts that are not those of its difficulties.
    """
    try:
        found = _DECODER.decode(data)
    except msgspec.DecodeError as error:
        raise Invalid("parameters_unreadable", place=filename, reason=str(error)) from error
    twice = next(
        (name for name, count in Counter(item.name for item in found.items).items() if count > 1), None
    )
    if twice is not None:
        raise Invalid("parameters_twice", place=filename, item=twice)
    if not 0 < len(found.items) <= MAX_ITEMS:
        raise Invalid("parameters_empty", place=filename, limit=MAX_ITEMS)
    return msgspec.structs.replace(found, items=tuple(_completed(item, filename) for item in found.items))


def write_parameters(file: ParameterFile) -> bytes:
    """JSON, indented, with a final newline."""
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def parameter_file(
    found: Calibration,
    *,
    model: str,
    seconds: float,
    input_sha256: str,
    empirical: bool,
    lowest: Sequence[int] | None = None,
) -> ParameterFile:
    """The file of a calibration; ``empirical`` keeps the groups' weights at the nodes; ``lowest``, one per
    item, what the responses' file calls category 0."""
    zeros = [0] * len(found.items) if lowest is None else lowest
    theta = found.nodes.theta
    return ParameterFile(
        model=model,
        loglik=found.loglik,
        n=found.n,
        nodes=NodeFigures(count=len(theta), range=float(theta[-1])),
        converged=found.certificate.converged,
        gradient_norm=found.certificate.gradient_norm,
        iterations=found.certificate.iterations,
        seconds=round(seconds, 3),
        input_sha256=input_sha256,
        items=tuple(
            msgspec.structs.replace(item_figures(item, errors), lowest=zero)
            for item, errors, zero in zip(found.items, found.errors, zeros, strict=True)
        ),
        groups=tuple(_group(group, empirical=empirical) for group in found.groups),
        covariance=covariance_rows(found.labels, found.covariance),
    )


def item_figures(item: Item, errors: ItemErrors | None = None) -> ItemFigures:
    """An item as the file holds it."""
    steps = tuple(float(b) for b in item.difficulties)
    two = item.categories == 2
    known = item.model != "nominal" and item.slope != 0
    return ItemFigures(
        name=item.name,
        model=item.model,
        a=float(item.slope),
        intercepts=_floats(item.intercepts),
        b=steps[0] if two and known else None,
        b_k=steps if known and not two else None,
        c=float(item.lower),
        d_upper=float(item.upper),
        category_slopes=None if item.category_slopes is None else _floats(item.category_slopes),
        se=None if errors is None else _errors(errors),
    )


def _errors(errors: ItemErrors) -> ErrorFigures:
    return ErrorFigures(
        a=errors.slope,
        intercepts=None if errors.intercepts is None else _floats(errors.intercepts),
        c=errors.lower,
        d_upper=errors.upper,
        category_slopes=None if errors.category_slopes is None else _floats(errors.category_slopes),
    )


def _group(group: Group, *, empirical: bool) -> GroupFigures:
    weights = _floats(group.weights) if empirical else None
    return GroupFigures(name=group.name, mean=group.mean, sd=group.sd, n=group.n, weights=weights)


def _floats(values: FloatArray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _completed(item: ItemFigures, filename: str) -> ItemFigures:
    """With intercepts, those of the difficulties where only these are given. Raises what ``read_parameters``
    raises about an item."""
    from_steps = _intercepts(item)
    whole = item if item.intercepts else msgspec.structs.replace(item, intercepts=from_steps)
    if not _is_sound(whole):
        raise Invalid("parameters_wrong", place=filename, item=item.name)
    if from_steps and not _agree(from_steps, whole.intercepts):
        raise Invalid("parameters_contradict", place=filename, item=item.name)
    return whole


def _intercepts(item: ItemFigures) -> tuple[float, ...]:
    """What ``b`` or ``b_k`` say: −a b, of GPCM and PCM −a times the sum of the steps so far; none where there
    are none."""
    steps = item.b_k or (() if item.b is None else (item.b,))
    return _floats(-item.a * np.array(list(accumulate(steps)) if item.model in DIVIDED else steps))


def _agree(ours: tuple[float, ...], theirs: tuple[float, ...]) -> bool:
    """Whether they are the same but for the decimals a person writes."""
    return len(ours) == len(theirs) and np.allclose(ours, theirs, rtol=ROUNDED, atol=ROUNDED)


def _is_sound(item: ItemFigures) -> bool:
    """Whether the figures make an item of their model, all of them finite."""
    steps, slopes = len(item.intercepts), item.category_slopes
    finite = all(
        np.isfinite(value) for value in (item.a, item.c, item.d_upper, *item.intercepts, *(slopes or ()))
    )
    shaped = steps == 1 if item.model in DICHOTOMOUS else steps >= 1
    nominal = (slopes is not None and len(slopes) == steps) if item.model == "nominal" else slopes is None
    falling = item.model != "grm" or all(np.diff(item.intercepts) < 0)
    return finite and shaped and nominal and falling and 0 <= item.c < item.d_upper <= 1
