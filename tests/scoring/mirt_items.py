"""R mirt's estimates out of the reference data, as our items."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from exam_server.core.response_file import read_coded
from scoring.items import Item, Model
from scoring.responses import Responses
from tests.scoring.reference import reference

BLOCKS: tuple[tuple[str, str, Model], ...] = (
    ("lsat6", "Rasch", "rasch"),
    ("lsat6", "onePL_common_slope", "1pl"),
    ("lsat6", "twoPL", "2pl"),
    ("lsat6", "threePL_prior", "3pl"),
    ("lsat7", "threePL_prior", "3pl"),
    ("ltm_wirs", "twoPL", "2pl"),
    ("science_grm", "graded", "grm"),
    ("science_grm", "gpcm", "gpcm"),
    ("science_grm", "PCM", "pcm"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Fitted:
    """A block: mirt's items, the SD of θ, all responses, and what else mirt says."""

    items: tuple[Item, ...]
    sd: float
    responses: Responses
    expected: dict[str, Any]


def fitted(folder: str, block: str, model: Model) -> Fitted:
    """Skips the test where the data are absent."""
    place = reference(folder)
    expected = json.loads((place / "expected.json").read_text())[block]
    parameters = {name: entry["par"] for name, entry in expected["coef_se"].items()}
    responses = read_coded((place / "responses.csv").read_bytes(), "responses.csv").responses
    return Fitted(
        items=tuple(_item(name, model, values) for name, values in parameters.items() if name != "GroupPars"),
        sd=float(parameters["GroupPars"]["COV_11"]) ** 0.5,
        responses=responses,
        expected=expected,
    )


def catr_bank() -> tuple[tuple[Item, ...], dict[str, Any]]:
    """catR's bank of 85 items and what it says of them."""
    place = reference("catr_tcals")
    table = np.genfromtxt(place / "bank.csv", delimiter=",", skip_header=1, usecols=range(4))
    items = tuple(
        Item(name=str(number), model="4pl", slope=a, intercepts=np.array([-a * b]), lower=c, upper=d)
        for number, (a, b, c, d) in enumerate(table.tolist(), start=1)
    )
    return items, json.loads((place / "expected.json").read_text())


def _item(name: str, model: Model, values: dict[str, float]) -> Item:
    intercepts = [value for key, value in values.items() if key.startswith("d") and key != "d0"]
    guessing = values.get("logit(g)", -999)
    return Item(
        name=name,
        model=model,
        slope=values["a1"],
        intercepts=np.array(intercepts, dtype=np.float64),
        lower=float(expit(guessing)) if guessing > -900 else 0.0,
    )
