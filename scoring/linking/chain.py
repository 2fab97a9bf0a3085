"""Links over several forms: chains, and the average of several chains between the same two forms.

Along a chain F_0 → F_1 → … → F_m the coefficients compose, A = Π A_k and B = Σ_k B_k Π_{j>k} A_j; a form in
the middle has a part in two links, so the errors come from the derivatives by all the forms' parameters
together: Battauz (2013), Psychometrika 78, 464–480; Battauz (2015), JSS 68(7). The average of chains is the
weighted bisector of Holland & Strawderman (2011), in von Davier, Statistical Models for Test Equating, ch. 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from scoring.arrays import FloatArray
from scoring.errors import MeasurementError
from scoring.items import Item
from scoring.linking.errors import jacobians
from scoring.linking.link import Link, Method, link
from scoring.linking.parameters import spans
from scoring.quadrature import Nodes


@dataclass(frozen=True, kw_only=True, eq=False)
class Form:
    """A calibration of its own: its items, whose names tell which are common, and the covariance of all their
    parameters in the order of ``linking.parameters``, None where not known."""

    name: str
    items: tuple[Item, ...]
    covariance: FloatArray | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ChainedLink:
    """θ_last = ``slope`` θ_first + ``intercept``. ``path`` names the forms. ``jacobians`` are the derivatives
    of (A, B), shape (2, n_parameters), by the parameters of each form; ``covariance`` of A and B, shape (2,
    2), is None where a form's is not known. ``links`` are the steps."""

    path: tuple[str, ...]
    slope: float
    intercept: float
    jacobians: Mapping[str, FloatArray]
    covariance: FloatArray | None
    links: tuple[Link, ...]


def common_places(from_items: Sequence[Item], to_items: Sequence[Item]) -> tuple[list[int], list[int]]:
    """Where the items of the same name are on either side, in the order of ``from_items``."""
    there = {item.name: place for place, item in enumerate(to_items)}
    here = [place for place, item in enumerate(from_items) if item.name in there]
    return here, [there[from_items[place].name] for place in here]


def chain(
    forms: Sequence[Form],
    method: Method,
    *,
    nodes: Nodes | None = None,
    weights: FloatArray | None = None,
    d: float = 1.0,
    symmetric: bool = False,
) -> ChainedLink:
    """Link the first form to the last through those between, each to the next by the items of the same name;
    the settings are those of ``link``. Raises what ``link`` and ``link_errors`` raise."""
    done = [
        _direct(one, next_, method, nodes=nodes, weights=weights, d=d, symmetric=symmetric)
        for one, next_ in pairwise(forms)
    ]
    whole = done[0]
    for step in done[1:]:
        whole = _joined(whole, step)
    return _with_covariance(whole, {form.name: form for form in forms})


def average(
    chains: Sequence[ChainedLink], forms: Sequence[Form], weights: Sequence[float] | None = None
) -> ChainedLink:
    """The weighted bisector of chains between the same two forms: with u_i = w_i (1 + A_i²)^(−1/2), A = Σ u_i
    A_i / Σ u_i and B = Σ u_i B_i / Σ u_i, which treats both directions alike; equal weights unless given.

    Raises MeasurementError with code ``link_paths`` when the chains' ends differ.
    """
    if not chains or len({(one.path[0], one.path[-1]) for one in chains}) != 1:
        raise MeasurementError("link_paths")
    ab = np.array([[one.slope, one.intercept] for one in chains])
    given = np.ones(len(chains)) if weights is None else np.array(weights, dtype=np.float64)
    shares = given / np.hypot(1.0, ab[:, 0])
    mean = shares @ ab / shares.sum()
    parts: dict[str, FloatArray] = {}
    for one, share, (slope, intercept) in zip(chains, shares / shares.sum(), ab, strict=True):
        # The share itself depends on the slope: ∂ log u / ∂ A = −A / (1 + A²).
        outer = share * np.eye(2)
        outer[:, 0] -= share * (np.array([slope, intercept]) - mean) * slope / (1.0 + slope**2)
        parts = _sum(parts, {name: outer @ jacobian for name, jacobian in one.jacobians.items()})
    whole = ChainedLink(
        path=(chains[0].path[0], chains[0].path[-1]),
        slope=float(mean[0]),
        intercept=float(mean[1]),
        jacobians=parts,
        covariance=None,
        links=tuple(step for one in chains for step in one.links),
    )
    return _with_covariance(whole, {form.name: form for form in forms})


def _direct(
    one: Form,
    next_: Form,
    method: Method,
    *,
    nodes: Nodes | None,
    weights: FloatArray | None,
    d: float,
    symmetric: bool,
) -> ChainedLink:
    here, there = common_places(one.items, next_.items)
    from_items, to_items = [one.items[place] for place in here], [next_.items[place] for place in there]
    found = link(from_items, to_items, method, nodes=nodes, weights=weights, d=d, symmetric=symmetric)
    from_jacobian, to_jacobian = jacobians(found, from_items, to_items)
    return ChainedLink(
        path=(one.name, next_.name),
        slope=found.slope,
        intercept=found.intercept,
        jacobians={
            one.name: _spread(from_jacobian, one.items, here),
            next_.name: _spread(to_jacobian, next_.items, there),
        },
        covariance=None,
        links=(found,),
    )


def _spread(jacobian: FloatArray, items: Sequence[Item], places: Sequence[int]) -> FloatArray:
    """From the common items' parameters to those of all items of the form."""
    of_all = spans(items)
    columns = [column for place in places for column in range(of_all[place].start, of_all[place].stop)]
    whole = np.zeros((2, of_all[-1].stop))
    whole[:, columns] = jacobian
    return whole


def _joined(first: ChainedLink, second: ChainedLink) -> ChainedLink:
    """A = A_1 A_2 and B = A_2 B_1 + B_2."""
    by_first = np.diag([second.slope, second.slope])
    by_second = np.array([[first.slope, 0.0], [first.intercept, 1.0]])
    return ChainedLink(
        path=(*first.path, *second.path[1:]),
        slope=first.slope * second.slope,
        intercept=second.slope * first.intercept + second.intercept,
        jacobians=_sum(
            {name: by_first @ part for name, part in first.jacobians.items()},
            {name: by_second @ part for name, part in second.jacobians.items()},
        ),
        covariance=None,
        links=(*first.links, *second.links),
    )


def _sum(one: Mapping[str, FloatArray], other: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    names = list(dict.fromkeys([*one, *other]))
    return {
        name: one[name] + other[name] if name in one and name in other else {**one, **other}[name]
        for name in names
    }


def _with_covariance(whole: ChainedLink, forms: Mapping[str, Form]) -> ChainedLink:
    covariance = np.zeros((2, 2))
    for name, jacobian in whole.jacobians.items():
        given = forms[name].covariance
        if given is None:
            return whole
        if given.shape != (jacobian.shape[1], jacobian.shape[1]):
            raise MeasurementError("link_covariance", n=given.shape[0], needed=jacobian.shape[1])
        covariance = covariance + jacobian @ given @ jacobian.T
    return replace(whole, covariance=covariance)
