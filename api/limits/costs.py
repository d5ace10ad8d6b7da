"""The cost of a document as a polynomial in its page sizes, since variables are known only when it runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import IntValueNode, VariableDefinitionNode

LARGEST_PAGE = 1_000

Size = int | str
"""A page size: a number, or the name of the variable that gives it."""


@dataclass(frozen=True)
class Cost:
    """The terms of the polynomial, keyed by the variables that multiply them; the constant is under `()`."""

    terms: Mapping[tuple[str, ...], int] = field(default_factory=dict)

    @staticmethod
    def fixed(weight: int) -> "Cost":
        """Return a cost that no variable changes."""
        return Cost({(): weight})

    def plus(self, other: "Cost") -> "Cost":
        """Return the sum of both costs."""
        if not self.terms:
            return other
        terms = dict(self.terms)
        for names, weight in other.terms.items():
            terms[names] = terms.get(names, 0) + weight
        return Cost(terms)

    def times(self, size: Size) -> "Cost":
        """Return the cost of `size` rows."""
        if isinstance(size, int):
            return Cost({names: weight * size for names, weight in self.terms.items()})
        return Cost({tuple(sorted((*names, size))): weight for names, weight in self.terms.items()})

    def given(self, variables: Mapping[str, Any], defaults: Mapping[str, int]) -> int:
        """Return the cost for these variables, in units.

        One that is missing or no page size counts as the largest page.
        """
        total = 0
        for names, weight in self.terms.items():
            for name in names:
                weight *= clamped(variables.get(name, defaults.get(name)))  # noqa: PLW2901 - the term's running product
            total += weight
        return total


def clamped(size: object) -> int:
    """Return a page size limited to 1 and LARGEST_PAGE; LARGEST_PAGE for anything but an integer."""
    if isinstance(size, int) and not isinstance(size, bool):
        return min(max(size, 1), LARGEST_PAGE)
    return LARGEST_PAGE


def page_defaults(variables: Iterable[VariableDefinitionNode]) -> dict[str, int]:
    """Return the default values that are integers, by variable."""
    return {
        each.variable.name.value: int(each.default_value.value)
        for each in variables
        if isinstance(each.default_value, IntValueNode)
    }
