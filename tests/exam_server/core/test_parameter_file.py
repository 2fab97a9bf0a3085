"""PARAMS.json as people write it by hand: parameters out of a book or another program."""

import msgspec
import numpy as np
import pytest

from exam_server.core.parameter_file import read_parameters, write_parameters
from exam_server.errors import Invalid


def the_file(*items: dict[str, object], **fields: object) -> bytes:
    return msgspec.json.encode({"items": items, **fields})


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read_parameters(data, "p.json")
    return caught.value


def test_slope_and_difficulty_are_enough() -> None:
    item = {"name": "q", "model": "3pl", "a": 0.8, "b": -1.5, "c": 0.2}
    found = read_parameters(the_file(item), "p.json")
    assert found.items[0].intercepts == pytest.approx((1.2,))
    assert (found.nodes.count, found.groups[0].mean, found.groups[0].sd) == (61, 0, 1)
    assert read_parameters(write_parameters(found), "p.json") == found


@pytest.mark.parametrize("model", ["grm", "gpcm"])
def test_the_difficulties_of_several_categories_come_back(model: str) -> None:
    steps = (-1.5, 0.25, 1.0)
    item = {"name": "q", "model": model, "a": 1.3, "b_k": steps}
    found = read_parameters(the_file(item), "p.json").items[0].item()
    np.testing.assert_allclose(found.difficulties, steps, rtol=0, atol=1e-12)


def test_rounded_difficulties_agree_with_the_intercepts() -> None:
    item = {"name": "q", "model": "2pl", "a": 0.8257, "b": -3.36, "intercepts": [2.7732]}
    assert read_parameters(the_file(item), "p.json").items[0].intercepts == (2.7732,)


def test_difficulties_that_contradict_the_intercepts_are_refused() -> None:
    item = {"name": "q", "model": "2pl", "a": 0.8, "b": 1.5, "intercepts": [1.2]}
    error = refusal(the_file(item))
    assert (error.code, error.params["item"]) == ("parameters_contradict", "q")


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "2pl"},
        {"model": "2pl", "b": 1.0, "c": 1.5},
        {"model": "grm", "b_k": [1.0, 0.5]},
        {"model": "2pl", "b_k": [0.5, 1.0]},
        {"model": "nominal", "b": 1.0},
    ],
)
def test_parameters_that_are_no_item_of_their_model_are_refused(fields: dict[str, object]) -> None:
    error = refusal(the_file({"name": "q", "a": 1.0, **fields}))
    assert (error.code, error.params["item"]) == ("parameters_wrong", "q")


def test_a_file_without_items_is_refused() -> None:
    assert refusal(the_file()).code == "parameters_empty"


def test_a_name_that_comes_twice_is_refused() -> None:
    item = {"name": "q", "model": "2pl", "a": 1.0, "b": 0.0}
    error = refusal(the_file(item, item))
    assert (error.code, error.params["item"]) == ("parameters_twice", "q")
