"""What an analysis is told to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exam_server.core.parameter_file import ItemFigures
from exam_server.protocol.measurement import ModelChoice, VoidRule


@dataclass(frozen=True, kw_only=True)
class LinkTarget:
    """A scale to take over: the parameters of the items of another run, by item id."""

    to: str
    items: Mapping[int, ItemFigures]


@dataclass(frozen=True, kw_only=True)
class AnalysisSettings:
    """``void``: ids of items that are left out of everything; ``void_rule`` what they are worth in scores."""

    model: ModelChoice = "auto"
    void: frozenset[int] = field(default_factory=frozenset[int])
    void_rule: VoidRule = "full_points"
    link: LinkTarget | None = None
