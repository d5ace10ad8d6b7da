"""The rubric: criteria on one scale, each with a weight, and how criterion values become one score."""

from collections.abc import Mapping

import msgspec

HEURISTICS = ("length", "reading_ease", "concreteness", "hedging", "overlap")


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lowest and highest value of every criterion, in rubric units."""

    low: float
    high: float


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question a judge answers; `heuristic` names the program judge's feature for it, one of HEURISTICS."""

    name: str
    description: str
    weight: float = 1.0
    anchors: dict[str, str] = {}
    heuristic: str | None = None


class ComparisonQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a judge who compares two candidates decides by; nobody is asked it yet."""

    question: str


class Rubric(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Criteria in order of display, and a question for who compares; identified by `name@version`."""

    name: str
    version: str
    scale: Scale
    criteria: tuple[Criterion, ...]
    description: str = ""
    comparison: ComparisonQuestion | None = None

    @property
    def ref(self) -> str:
        """Return `name@version`, as answers state it."""
        return f"{self.name}@{self.version}"

    @property
    def names(self) -> tuple[str, ...]:
        """Return the criterion names in order of display."""
        return tuple(criterion.name for criterion in self.criteria)

    @property
    def weights(self) -> tuple[float, ...]:
        """Return the criterion weights in order of display."""
        return tuple(criterion.weight for criterion in self.criteria)


def composite(values: Mapping[str, float], rubric: Rubric) -> float:
    """Return Σ weight·value / Σ weight over all criteria, in rubric units; raise KeyError if a criterion is missing."""
    total = sum(rubric.weights)
    return sum(criterion.weight * values[criterion.name] for criterion in rubric.criteria) / total
