"""What every method of estimating ability gives."""

from dataclasses import dataclass

from scoring.arrays import FloatArray


@dataclass(frozen=True, kw_only=True, eq=False)
class Ability:
    """``theta`` and its standard error ``se``, each of shape (n_persons,).

    NaN in ``se`` alone: no finite estimate, ``theta`` is the limit it was sought in. NaN in both: a person
    without answers, where the method has no prior.
    """

    theta: FloatArray
    se: FloatArray
