"""Figures that the regulations lay down, as data beside this file."""

from functools import cache
from importlib import resources

from exam_server.core.sanction import SanctionRules, read_rules


@cache
def sanction_rules() -> SanctionRules:
    """What a sanction takes off."""
    return read_rules((resources.files(__name__) / "sanctions.json").read_bytes())
