"""First and second moments of item scores: what a model expects, how they vary, what they depend on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scoring.arrays import FloatArray, IntArray
from scoring.fit.forms import Form
from scoring.fit.free_parameters import LatentFreedom, latent_freedom, score_gradient
from scoring.items import Item, trace
from scoring.quadrature import Nodes
from scoring.responses import Responses

_NO_VARIANCE = 1e-8


@dataclass(frozen=True, kw_only=True, eq=False)
class _Curves:
    """At the nodes, each of shape (n_nodes, n_items): mean and variance of an item's score."""

    mean: FloatArray
    variance: FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Means of the scores, then of the products of pairs: ``gap`` observed less expected, shape (n_moments,);
    ``spread`` Ξ, the covariance of one person's, (n_moments, n_moments); ``delta`` Δ, the derivatives by the
    parameters, (n_moments, n_parameters)."""

    gap: FloatArray
    spread: FloatArray
    delta: FloatArray


class MomentModel:
    """The items' curves at the nodes and where their parameters stand."""

    def __init__(
        self, items: Sequence[Item], nodes: Nodes, latent: FloatArray, anchored: Collection[str]
    ) -> None:
        self._theta, self._latent = nodes.theta, latent
        self._freedom: LatentFreedom = latent_freedom(items, len(latent), anchored)
        self._curves = _curves(items, nodes.theta)
        self._gradients, self._places, used = _gradients(items, nodes.theta, anchored)
        self._latent_from = used
        self._n_parameters = used + self._freedom.count

    def telling(self, form: Form) -> Form:
        """The form without items whose score the model takes for certain: their moments repeat others."""
        weights = self._latent[form.group]
        mean = weights @ self._curves.mean
        variance = weights @ (self._curves.variance + self._curves.mean**2) - mean**2
        return replace(form, places=form.places[variance[form.places] > _NO_VARIANCE])

    def spent(self, whole: Sequence[Form]) -> int:
        """How many parameters the moments of the forms are fitted with."""
        items = {int(place) for form in whole for place in form.places}
        return len({int(at) for place in items for at in self._places[place]}) + self._freedom.count

    def moments(self, form: Form, responses: Responses) -> Moments:
        """A form's moments."""
        weights = self._latent[form.group]
        curves = self._of(form)
        mean, spread = _expected(curves, weights)
        first, second = _observed(form, responses)
        pairs = np.tril_indices(len(form.places), -1)
        gap = np.concatenate([first, second[pairs]]) - mean
        return Moments(gap=gap, spread=spread, delta=self._delta(form, curves, weights))

    def residual_correlations(self, form: Form, responses: Responses) -> FloatArray:
        """Observed less expected correlation of each pair of the form's items, shape (n_pairs,); NaN where an
        item is constant."""
        weights = self._latent[form.group]
        curves = self._of(form)
        mean = weights @ curves.mean
        expected = (curves.mean * weights[:, None]).T @ curves.mean + np.diag(weights @ curves.variance)
        first, second = _observed(form, responses)
        pairs = np.tril_indices(len(form.places), -1)
        return (_correlation(first, second) - _correlation(mean, expected))[pairs]

    def _of(self, form: Form) -> _Curves:
        return _Curves(mean=self._curves.mean[:, form.places], variance=self._curves.variance[:, form.places])

    def _delta(self, form: Form, curves: _Curves, weights: FloatArray) -> FloatArray:
        """∂ moments / ∂ parameters, shape (n_moments, n_parameters)."""
        n_items = len(form.places)
        later, earlier = np.tril_indices(n_items, -1)
        found = np.zeros((n_items + len(later), self._n_parameters))
        for own, place in enumerate(form.places):
            gradient, columns = self._gradients[place] * weights[:, None], self._places[place]
            np.add.at(found[own], columns, gradient.sum(axis=0))
            with_others = curves.mean.T @ gradient
            for pairs, others in ((later == own, earlier), (earlier == own, later)):
                rows = n_items + np.flatnonzero(pairs)
                found[np.ix_(rows, columns)] += with_others[others[pairs]]
        functions = _moment_functions(curves.mean)
        for column, change in self._latent_changes(form.group, weights):
            found[:, column] = functions.T @ change
        return found

    def _latent_changes(self, group: int, weights: FloatArray) -> list[tuple[int, FloatArray]]:
        """How the nodes' weights change with the group's mean and variance: w(θ − μ) and w((θ − μ)² − σ²), up
        to a factor."""
        place = self._latent_from + int(self._freedom.mean[:group].sum() + self._freedom.sd[:group].sum())
        apart = self._theta - weights @ self._theta
        changes: list[tuple[int, FloatArray]] = []
        if self._freedom.mean[group]:
            changes.append((place, weights * apart))
            place += 1
        if self._freedom.sd[group]:
            changes.append((place, weights * (apart**2 - weights @ apart**2)))
        return changes


def _curves(items: Sequence[Item], theta: FloatArray) -> _Curves:
    means, variances = np.empty((2, len(theta), len(items)))
    for place, item in enumerate(items):
        curve, scores = trace(item, theta), np.arange(item.categories)
        means[:, place] = curve @ scores
        variances[:, place] = curve @ scores**2 - means[:, place] ** 2
    return _Curves(mean=means, variance=variances)


def _gradients(
    items: Sequence[Item], theta: FloatArray, anchored: Collection[str]
) -> tuple[list[FloatArray], list[IntArray], int]:
    """Each item's ∂E / ∂(parameters), their columns, and how many columns there are; the slopes of ``1pl``
    share one."""
    gradients: list[FloatArray] = []
    places: list[IntArray] = []
    common, used = -1, 0
    for item in items:
        slope, others = score_gradient(item, theta)
        if item.name in anchored:
            slope, others = None, others[:, :0]
        columns = list(range(used, used + others.shape[1]))
        used += len(columns)
        if slope is not None:
            if item.model != "1pl" or common < 0:
                columns.append(used)
                used += 1
            else:
                columns.append(common)
            common = columns[-1] if item.model == "1pl" else common
        gradients.append(others if slope is None else np.column_stack([others, slope]))
        places.append(np.array(columns, dtype=np.int64))
    return gradients, places, used


def _moment_functions(mean: FloatArray) -> FloatArray:
    """E_i, then E_i E_j for each pair, at the nodes; shape (n_nodes, n_moments)."""
    later, earlier = np.tril_indices(mean.shape[1], -1)
    return np.hstack([mean, mean[:, later] * mean[:, earlier]])


def _expected(curves: _Curves, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected moments, and their covariance Ξ for one person.

    Given θ items are independent, so E(∏ x) = ∏ E(x) but for items that are in both moments, which add their
    variance times what is left of the two moments.
    """
    functions = _moment_functions(curves.mean)
    n_items = curves.mean.shape[1]
    later, earlier = np.tril_indices(n_items, -1)
    mean = weights @ functions
    spread = (functions * weights[:, None]).T @ functions - np.outer(mean, mean)
    for item in range(n_items):
        rows = np.concatenate(
            [[item], n_items + np.flatnonzero(later == item), n_items + np.flatnonzero(earlier == item)]
        )
        others = np.concatenate([earlier[later == item], later[earlier == item]])
        left = np.column_stack([np.ones(len(weights)), curves.mean[:, others]])
        spread[np.ix_(rows, rows)] += (left * (weights * curves.variance[:, item])[:, None]).T @ left
    both = weights @ (curves.variance[:, later] * curves.variance[:, earlier])
    pairs = np.arange(n_items, len(mean))
    spread[pairs, pairs] += both
    return mean, spread


def _observed(form: Form, responses: Responses) -> tuple[FloatArray, FloatArray]:
    """Means of the scores, shape (n_items,), and of their products, (n_items, n_items)."""
    scores = responses.codes[np.ix_(form.rows, form.places)].astype(np.float64)
    weighted = scores * responses.weights[form.rows, None]
    return weighted.sum(axis=0) / form.n, weighted.T @ scores / form.n


def _correlation(first: FloatArray, second: FloatArray) -> FloatArray:
    covariance = second - np.outer(first, first)
    variance = np.diag(covariance)
    spread = np.sqrt(np.maximum(np.outer(variance, variance), 0.0))
    return np.divide(covariance, spread, out=np.full_like(spread, np.nan), where=spread > 1e-12)
