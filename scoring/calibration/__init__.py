"""Calibration of items by marginal maximum likelihood."""

from scoring.calibration.estimation import calibrate
from scoring.calibration.settings import (
    BetaPrior,
    GuessingPrior,
    LogitNormalPrior,
    NormalPrior,
    Settings,
)

__all__ = ["BetaPrior", "GuessingPrior", "LogitNormalPrior", "NormalPrior", "Settings", "calibrate"]
