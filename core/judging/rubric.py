"""The rubric: criteria on one scale, each with a weight, and how criterion values become one score."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

HEURISTICS = ("length", "reading_ease", "concreteness", "hedging", "overlap")


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lowest and highest value of every criterion, in rubric units."""

    low: float
    high: float


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question a judge answers; `heuristic` names the program judge's feature for it, one of HEURISTICS.

    One of `scale` yes_no is answered 1 for yes, which is the good answer, or 0 for no. A `gate` is such a one that does
    not enter the score. One that `needs` a field is a gate that is only asked where the item's scenario has it.
    """

    name: str
    description: str
    weight: float = 1.0
    anchors: dict[str, str] = {}
    heuristic: str | None = None
    scale: Literal["yes_no"] | None = None
    gate: bool = False
    needs: Literal["must_not"] | None = None


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
    def averaged(self) -> tuple[Criterion, ...]:
        """Return the criteria that the score is the mean of: all but gates."""
        return tuple(criterion for criterion in self.criteria if not criterion.gate)

    @property
    def averaged_names(self) -> tuple[str, ...]:
        """Return the names of the criteria that the score is the mean of."""
        return tuple(criterion.name for criterion in self.averaged)

    @property
    def gates(self) -> tuple[str, ...]:
        """Return the names of the gates."""
        return tuple(criterion.name for criterion in self.criteria if criterion.gate)

    @property
    def conditional(self) -> tuple[str, ...]:
        """Return the names of the gates that are only asked where a scenario says what must not be said."""
        return tuple(criterion.name for criterion in self.criteria if criterion.needs is not None)

    @property
    def yes_no(self) -> tuple[str, ...]:
        """Return the names of the criteria that are answered with yes or no, gates among them."""
        return tuple(criterion.name for criterion in self.criteria if criterion.scale == "yes_no")

    @property
    def weights(self) -> tuple[float, ...]:
        """Return the weights of the criteria that the score is the mean of."""
        return tuple(criterion.weight for criterion in self.averaged)


def rubric_for(rubric: Rubric, *, has_must_not: bool) -> Rubric:
    """Return the rubric by which one item is judged: without criteria that need what its scenario has not.

    Those that stay need nothing more: each is to be answered.
    """
    if not rubric.conditional:
        return rubric
    found = (criterion for criterion in rubric.criteria if has_must_not or criterion.needs is None)
    criteria = tuple(msgspec.structs.replace(criterion, needs=None) for criterion in found)
    return msgspec.structs.replace(rubric, criteria=criteria)


YES_NO_WORDS = {"yes": 1, "no": 0, "true": 1, "false": 0}


def yes_or_no(value: Any) -> int | None:
    """Return 1 for yes, 0 for no: a number, true or false, or one of YES_NO_WORDS in any case; None for all else."""
    if isinstance(value, str):
        return YES_NO_WORDS.get(value.strip().lower())
    return int(value) if isinstance(value, int | float) and value in (0, 1) else None


def fits(name: str, value: float, rubric: Rubric) -> bool:
    """Return whether a criterion may have this value: 0 or 1 for yes or no, else one on the scale."""
    return value in (0, 1) if name in rubric.yes_no else rubric.scale.low <= value <= rubric.scale.high


def composite(values: Mapping[str, float], rubric: Rubric) -> float:
    """Return Σ weight·value / Σ weight over all criteria but gates, in rubric units, in which yes is high and no low.

    Raise KeyError if a criterion is missing.
    """
    given = in_rubric_units(values, rubric)
    return sum(criterion.weight * given[criterion.name] for criterion in rubric.averaged) / sum(rubric.weights)


def in_rubric_units(values: Mapping[str, float], rubric: Rubric) -> dict[str, float]:
    """Return the values of all criteria but gates, yes as the scale's high and no as its low; raise KeyError."""
    ends = (rubric.scale.low, rubric.scale.high)
    return {
        criterion.name: ends[int(values[criterion.name])] if criterion.scale else values[criterion.name]
        for criterion in rubric.averaged
    }
