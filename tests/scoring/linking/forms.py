"""Items to link: every model, and the same items on another scale."""

from dataclasses import replace

import numpy as np

from scoring.items import Item, rescale

SLOPE, INTERCEPT = 1.2, -0.4


def dichotomous(seed: int, n: int = 8, *, lower: float = 0.0) -> list[Item]:
    rng = np.random.default_rng(seed)
    slopes, difficulties = rng.lognormal(0.0, 0.3, n), rng.normal(0.0, 1.0, n)
    return [
        Item(
            name=f"q{place}",
            model="3pl" if lower else "2pl",
            slope=float(a),
            intercepts=np.array([-a * b]),
            lower=lower,
        )
        for place, (a, b) in enumerate(zip(slopes, difficulties, strict=True), start=1)
    ]


def mixed() -> list[Item]:
    """Two-, three- and four-parameter items, graded and partial credit."""
    return [
        Item(name="two", model="2pl", slope=1.1, intercepts=np.array([0.3])),
        Item(name="three", model="3pl", slope=1.4, intercepts=np.array([-0.6]), lower=0.2),
        Item(name="four", model="4pl", slope=1.6, intercepts=np.array([0.5]), lower=0.1, upper=0.95),
        Item(name="graded", model="grm", slope=1.3, intercepts=np.array([1.5, 0.2, -1.1])),
        Item(name="credit", model="gpcm", slope=0.8, intercepts=np.array([0.6, 0.1])),
    ]


def nominal() -> Item:
    return Item(
        name="nominal",
        model="nominal",
        slope=1.0,
        intercepts=np.array([0.4, -0.3]),
        category_slopes=np.array([0.7, 1.5]),
    )


def on_target(items: list[Item], slope: float = SLOPE, intercept: float = INTERCEPT) -> list[Item]:
    return [rescale(item, slope, intercept) for item in items]


def disturbed(items: list[Item], seed: int, sd: float = 0.05) -> list[Item]:
    """The items with small errors in slopes and intercepts."""
    rng = np.random.default_rng(seed)
    return [
        replace(
            item,
            slope=float(item.slope * np.exp(rng.normal(0.0, sd))),
            intercepts=item.intercepts + rng.normal(0.0, sd),
        )
        for item in items
    ]
