"""Compares calibrations with R mirt: ``python -m tests.scoring.comparison`` prints the table of
docs/measurement.md, ``--write`` puts it there."""

import argparse
import gzip
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from exam_server.core.response_file import read_coded
from scoring.ability import eap
from scoring.calibrated import Calibration
from scoring.calibration import LogitNormalPrior, Settings, calibrate
from scoring.items import Item, Model
from scoring.responses import Responses
from tests.scoring.reference import reference

DOCUMENT = Path(__file__).parents[2] / "docs" / "measurement.md"
BEGIN, END = "<!-- comparison: begin -->", "<!-- comparison: end -->"

BLOCKS: tuple[tuple[str, str, Model], ...] = (
    *((folder, block, model) for folder in ("lsat6", "lsat7") for block, model in (
        ("Rasch", "rasch"), ("onePL_common_slope", "1pl"), ("twoPL", "2pl"), ("threePL_prior", "3pl"),
    )),
    ("ltm_wirs", "Rasch", "rasch"),
    ("ltm_wirs", "onePL_common_slope", "1pl"),
    ("ltm_wirs", "twoPL", "2pl"),
    ("science_grm", "graded", "grm"),
    ("science_grm", "gpcm", "gpcm"),
    ("science_grm", "PCM", "pcm"),
)  # fmt: skip

COLUMNS = (
    "data",
    "model",
    "slopes",
    "intercepts",
    "logit c",
    "log-likelihood",
    "standard errors",
    "EAP",
    "SE of EAP",
)
PRIOR = LogitNormalPrior(mean=-1.4, sd=0.5)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The largest absolute differences from R mirt of one data set and model; None where it gives no
    figure."""

    data: str
    model: str
    slope: float
    intercept: float
    logit: float | None
    loglik: float
    se: float | None
    eap: float
    eap_se: float

    def cells(self) -> Iterator[str]:
        """As the table shows them: the next power of ten above."""
        yield self.data
        yield self.model
        for value in (self.slope, self.intercept, self.logit, self.loglik, self.se, self.eap, self.eap_se):
            yield "–" if value is None else f"< 1e{math.floor(math.log10(max(value, 1e-9))) + 1}"


def differences() -> Iterator[Difference]:
    """Every block of the reference data that mirt fitted tightly."""
    for folder, block, model in BLOCKS:
        place = reference(folder)
        expected = json.loads((place / "expected.json").read_text(encoding="utf-8"))[block]
        responses = read_coded((place / "responses.csv").read_bytes(), "responses.csv").responses
        yield _difference(folder, model, responses, expected)
    yield _simulated()


def _difference(data: str, model: Model, responses: Responses, expected: Mapping[str, Any]) -> Difference:
    found = _calibrated(responses, model, errors=True)
    rows = [entry for name, entry in expected["coef_se"].items() if name != "GroupPars"]
    first = expected["scores_first_rows"]["EAP"]
    scored = responses.of_persons(np.arange(len(first["theta"])))
    ability = eap(found.items, scored, found.nodes, found.groups[0].weights)
    both = list(zip(found.items, [row["par"] for row in rows], strict=True))
    return Difference(
        data=data,
        model=model,
        slope=_worst((item.slope, par["a1"]) for item, par in both),
        intercept=_worst(
            pair for item, par in both for pair in zip(item.intercepts, _steps(par), strict=True)
        ),
        logit=_worst((_logit(item), par["logit(g)"]) for item, par in both) if model == "3pl" else None,
        loglik=abs(found.loglik - expected["logLik"]),
        se=_worst(_error_pairs(found, rows)),
        eap=_worst(zip(ability.theta, first["theta"], strict=True)),
        eap_se=_worst(zip(ability.se, first["se"], strict=True)),
    )


def _simulated() -> Difference:
    """5,000 × 40; mirt gives no log-likelihood of its own here, the note's second program does."""
    place = reference("sim_2pl_5kx40")
    expected = json.loads((place / "expected.json").read_text(encoding="utf-8"))
    text = gzip.decompress((place / "responses.txt.gz").read_bytes())
    responses = read_coded(text, "responses.txt").responses
    found = _calibrated(responses, "2pl", errors=False)
    tight = expected["Rmirt_tight"]
    ability = eap(found.items, responses.of_persons(np.arange(500)), found.nodes, found.groups[0].weights)
    return Difference(
        data="sim_2pl_5kx40",
        model="2pl",
        slope=_worst(zip([item.slope for item in found.items], tight["a1"], strict=True)),
        intercept=_worst(zip([item.intercepts[0] for item in found.items], tight["d"], strict=True)),
        logit=None,
        loglik=abs(found.loglik - expected["numpy_ref"]["loglik"]),
        se=None,
        eap=_worst(zip(ability.theta, expected["eap_first500"], strict=True)),
        eap_se=_worst(zip(ability.se, expected["se_first500"], strict=True)),
    )


def _calibrated(responses: Responses, model: Model, *, errors: bool) -> Calibration:
    settings = Settings(
        errors="oakes" if errors else "none", guessing_prior=PRIOR if model == "3pl" else None, strict=True
    )
    return calibrate(responses, [model] * responses.n_items, settings)


def _error_pairs(found: Calibration, rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[float, float]]:
    for errors, row in zip(found.errors, rows, strict=True):
        known = row["SE"]
        if errors.slope is not None and known["a1"] is not None:
            yield errors.slope, known["a1"]
        if errors.intercepts is not None:
            yield from zip(errors.intercepts, _steps(known), strict=True)
        if errors.lower_logit is not None:
            yield errors.lower_logit, known["logit(g)"]


def _steps(values: Mapping[str, float]) -> list[float]:
    return [value for key, value in values.items() if key.startswith("d") and key != "d0"]


def _logit(item: Item) -> float:
    return math.log(item.lower / (1 - item.lower))


def _worst(pairs: Iterable[tuple[float, float]]) -> float:
    return max(abs(ours - theirs) for ours, theirs in pairs)


def table(found: Iterable[Difference]) -> str:
    """The Markdown table."""
    rows = [COLUMNS, ["---"] * len(COLUMNS), *(list(one.cells()) for one in found)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    """Print the table or put it into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put it into docs/measurement.md")
    made = table(differences())
    if not parser.parse_args().write:
        print(made)  # noqa: T201 -- this is a command
        return
    text = DOCUMENT.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
