"""The catalog of tips: texts by the cell that wrote them, from which the recommender serves."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Annotated, NamedTuple, Protocol

import msgspec

from contracts.modules.profile import Topic

TipName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$(?!\n)")]
LONGEST_TIP = 1_000
"""Characters of a tip, at most."""


class CatalogTip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that may be served, under a name that is its own in the catalog; `area` is the topic it is about."""

    id: TipName
    area: Topic
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TIP)]


class CatalogCell(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What one model wrote with one prompt; `external` says that another company runs the model.

    `score` is the leaderboard's, 0 at the low end of its scale and 1 at the high end; None where it has none.
    """

    model: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    prompt: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    tips: Annotated[tuple[CatalogTip, ...], msgspec.Meta(min_length=1, max_length=1_000)]
    external: bool = False
    score: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None

    @cached_property
    def arm(self) -> str:
        """Return the name under which policies know the cell: model and prompt with a slash between."""
        return f"{self.model}/{self.prompt}"


class CellTips(NamedTuple):
    """A cell with those of its tips that are about an area, in its order; `ids` are theirs."""

    cell: CatalogCell
    tips: Sequence[CatalogTip]
    ids: frozenset[str]


class TipCatalog(msgspec.Struct, frozen=True, dict=True):
    """All cells that tips are served from; `fallback` says that no published leaderboard chose them.

    `templates` are the ids of tips that stand in for what no chosen cell has a tip of, in a catalog that is none.
    """

    cells: tuple[CatalogCell, ...]
    fallback: bool
    templates: frozenset[str] = frozenset()

    @cached_property
    def areas(self) -> frozenset[str]:
        """Return the areas in which there is a tip."""
        return frozenset(tip.area for cell in self.cells for tip in cell.tips)

    @cached_property
    def scores(self) -> dict[str, float]:
        """Return the score of each arm that has one."""
        return {cell.arm: cell.score for cell in self.cells if cell.score is not None}

    def within(self, area: str | None) -> Sequence[CellTips]:
        """Return every cell with its tips of an area, with all of them for None; found once for each area."""
        found = self._within.get(area)
        if found is None:
            chosen = [(cell, [tip for tip in cell.tips if area in {None, tip.area}]) for cell in self.cells]
            found = tuple(CellTips(cell, tips, frozenset(tip.id for tip in tips)) for cell, tips in chosen)
            if area is None or area in self.areas:
                self._within[area] = found
        return found

    def is_fallback(self, tips: Iterable[str]) -> bool:
        """Return whether a decision with these tips, by id, rests on a template."""
        return self.fallback or not self.templates.isdisjoint(tips)

    @cached_property
    def _within(self) -> dict[str | None, Sequence[CellTips]]:
        return {}


class TipSource(Protocol):
    """Where the recommender has its catalog from; safe from several threads."""

    @property
    def catalog(self) -> TipCatalog:
        """Return the catalog as it is now, whole; the same object until it changes."""
        ...

    def refresh(self) -> bool:
        """Look for what was published since, and return whether the catalog is another one now; blocks."""
        ...


class DrawnTip(msgspec.Struct, frozen=True):
    """A tip at its place, and with what probability its arm was drawn there, given the arms of the places before."""

    tip: str
    arm: str
    propensity: float
