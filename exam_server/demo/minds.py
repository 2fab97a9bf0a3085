"""What invented pupils know: two-parameter logistic with guessing, so that statistics have something to
find."""

from collections.abc import Mapping, Sequence
from math import exp

import msgspec
import numpy as np
from numpy.random import Generator

from exam_server.protocol.sitting import Response
from item_bank.kinds import Key
from item_bank.kinds.short_answer import ShortAnswer, ShortAnswerKey
from item_bank.kinds.single_choice import SingleChoice, SingleChoiceKey
from item_bank.kinds.true_false import TrueFalse, TrueFalseKey
from item_bank.marking import Question

_GUESS = 0.2
_EMPTY = 0.25
_WRONG_ANSWERS = 4
_PROMPTS = 8


class Trait(msgspec.Struct, frozen=True, kw_only=True):
    """How an item behaves: ``slope``, a difficulty per prompt, the ``truth`` that those who know it answer,
    and what the others are drawn to: a weight per wrong option, or typed answers."""

    question: Question
    truth: Key
    slope: float
    difficulties: tuple[float, ...]
    lures: Mapping[str, float]


def draw_traits(
    questions: Sequence[Question], rng: Generator, *, truths: Mapping[int, Key] | None = None
) -> Mapping[int, Trait]:
    """A trait for each item, by id. ``truths``: what is right in spite of the key."""
    known = truths or {}
    return {
        question.id: Trait(
            question=question,
            truth=known.get(question.id, question.key),
            slope=float(rng.lognormal(0.15, 0.3)),
            difficulties=tuple(float(b) for b in rng.normal(-0.3, 0.9) + rng.normal(0.0, 0.5, _PROMPTS)),
            lures=_lures(known.get(question.id, question.key), question, rng),
        )
        for question in questions
    }


def respond(trait: Trait, ability: float, rng: Generator) -> Response:
    """The response of someone of this ability, on the scale with mean 0 and standard deviation 1."""
    match trait.question.content, trait.truth:
        case SingleChoice(), SingleChoiceKey(option=right):
            knows = _knows(trait, ability, 0, rng) or rng.random() < _GUESS
            return right if knows else _lured(trait, rng)
        case TrueFalse(), TrueFalseKey(values=values):
            return tuple(
                truth if _knows(trait, ability, place, rng) or rng.random() < 0.5 else not truth
                for place, truth in enumerate(values)
            )
        case ShortAnswer(), ShortAnswerKey(accept=accept):
            if _knows(trait, ability, 0, rng):
                return accept[0]
            return None if rng.random() < _EMPTY else _lured(trait, rng)
        case _:
            return None


def _lures(truth: Key, question: Question, rng: Generator) -> Mapping[str, float]:
    match question.content, truth:
        case SingleChoice(options=options), SingleChoiceKey(option=right):
            wrong = [option.id for option in options if option.id != right]
        case ShortAnswer(), ShortAnswerKey():
            wrong = [str(number) for number in rng.integers(0, 100, _WRONG_ANSWERS)]
        case _:
            return {}
    weights = rng.dirichlet(np.full(len(wrong), 1.5))
    return dict(zip(wrong, (float(weight) for weight in weights), strict=True))


def _lured(trait: Trait, rng: Generator) -> str:
    lures = list(trait.lures)
    weights = np.array(list(trait.lures.values()))
    return lures[int(rng.choice(len(lures), p=weights / weights.sum()))]


def _knows(trait: Trait, ability: float, prompt: int, rng: Generator) -> bool:
    chance = 1 / (1 + exp(-trait.slope * (ability - trait.difficulties[prompt % _PROMPTS])))
    return bool(rng.random() < chance)
