"""The recommender's catalog as published leaderboards give it, read anew when one is published, whole or not at all."""

import threading
from collections.abc import Mapping, Sequence

import msgspec

from contracts.tips.catalog import CatalogCell, CatalogTip, TipCatalog
from core.plurals import counted
from core.tips.selection import PER_AREA, BoardCell, Selection, SelectionRule, choose_cells
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.tips.boards import CellMaker, ReadBoard, counted_experiments, publication_tags, read_board

Tags = dict[str, tuple[str | None, ...]]
MOST_REMEMBERED = 100_000
"""Tips of leaderboards that are remembered at most, some 40 MB; what is beyond is read at each publication."""


class PublishedTips:
    """Implements contracts.tips.catalog.TipSource; the first to need the catalog reads it, `refresh` reads it anew.

    While a leaderboard cannot be read the catalog before stays; without one before, the readable ones count. Templates
    serve where no cell is chosen, and in areas of which fewer than two chosen cells write. `makers` are what the chosen
    cells write with, by arm.
    """

    def __init__(self, home: Home, rule: SelectionRule, templates: TipCatalog) -> None:
        self._home, self._rule, self._templates = home, rule, templates
        self._reading = threading.Lock()
        self._catalog: TipCatalog | None = None
        self._seen: Tags | None = None
        self._remembered: dict[str, tuple[tuple[str | None, ...], ReadBoard | None]] = {}
        self.selection, self.faults = Selection([], {}), list[str]()
        self.makers: Mapping[str, CellMaker] = {}

    @property
    def catalog(self) -> TipCatalog:
        """Return the catalog as it is now, which the first call reads."""
        if self._catalog is None:
            self.refresh()
        return self._catalog or self._templates

    def refresh(self) -> bool:
        """Read what was published since; return whether the catalog is another one now."""
        with self._reading:
            tags = publication_tags(self._home, counted_experiments(self._home, self._rule))
            if tags == self._seen:
                return False
            boards, broken = self._boards(tags)
            if broken and self._catalog is not None:
                self.faults = broken
                return False  # and looked at again, for the tags are not noted
            self.selection = choose_cells((cell for board in boards for cell in board.cells), self._rule)
            self.faults = [*broken, *(fault for board in boards for fault in board.faults)]
            tips = {key: value for board in boards for key, value in board.tips.items()}
            before, self._catalog = self._catalog, catalog_of(self.selection.chosen, tips, self._templates)
            made = {key: maker for board in boards for key, maker in board.makers.items()}
            served = [(cell.arm, cell.data_hash) for cell in self.selection.chosen]
            self.makers = {arm: made[arm, data_hash] for arm, data_hash in served if (arm, data_hash) in made}
            self._seen = None if broken else tags
            return before != self._catalog

    def said(self) -> tuple[str, str]:
        """Return how many cells serve how many tips, and what is left out and why, in a sentence each; reads both."""
        catalog, chosen = self.catalog, self.selection.chosen
        tips = counted(sum(len(cell.tips) for cell in catalog.cells), "tip")
        source = f"{counted(len(chosen), 'cell')} of published leaderboards" if chosen else "templates"
        return f"{tips} of {source}", "; ".join(self.faults)

    def _boards(self, tags: Tags) -> tuple[list[ReadBoard], list[str]]:
        """Read the leaderboards of which something changed since they were read, by their tags."""
        boards, broken = list[ReadBoard](), list[str]()
        before, self._remembered, n_tips = self._remembered, {}, 0
        for name, tag in tags.items():
            was, board = before.get(name, (None, None))
            if was != tag:
                try:
                    board = read_board(self._home, name, self._rule)
                except LakeBroken as error:
                    broken.append(f"{name} serves nothing: {error}")
                    continue
            n_tips += 0 if board is None else sum(map(len, board.tips.values()))
            if n_tips <= MOST_REMEMBERED:
                self._remembered[name] = tag, board
            if board is not None:
                boards.append(board)
        return boards, broken


def catalog_of(
    chosen: Sequence[BoardCell], tips: dict[tuple[str, str], list[CatalogTip]], templates: TipCatalog
) -> TipCatalog:
    """Return the catalog of the chosen cells, with templates where fewer than two of them write about an area."""
    if not chosen:
        return templates
    cells = {
        cell.arm: CatalogCell(cell.model, cell.prompt, tuple(tips[cell.arm, cell.data_hash]), score=cell.score)
        for cell in chosen
    }
    lacking = {area for area in templates.areas if sum(area in cell.areas for cell in chosen) < PER_AREA}
    filled = dict[str, tuple[CatalogTip, ...]]()
    for cell in templates.cells:
        own = tuple(tip for tip in cell.tips if tip.area in lacking)
        if own:
            filled[cell.arm] = own
            there = cells.get(cell.arm, msgspec.structs.replace(cell, tips=()))
            cells[cell.arm] = msgspec.structs.replace(there, tips=(*there.tips, *own))
    ids = frozenset(tip.id for own in filled.values() for tip in own)
    return TipCatalog(tuple(cells.values()), fallback=False, templates=ids)
