"""Which cell of an experiment to ship by what was judged, as admins have it chosen, and that it is shipped."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from core.choosing.choice import CellChoice


class ChoiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a choice is made by; None is the default, as on the command line.

    `margin` is in rubric units, `max_cost_per_1k` in USD for 1,000 tips, `max_p95_ms` in milliseconds; `floors` are
    (criterion, least value). The first choice of an experiment plans `looks`, the last at `max_scenarios`.
    """

    margin: float
    max_cost_per_1k: float | None = None
    max_p95_ms: float | None = None
    floors: tuple[tuple[str, float], ...] = ()
    champion: str | None = None
    judges: str | None = None
    looks: int | None = None
    max_scenarios: int | None = None


class ChoicePageView(msgspec.Struct, frozen=True):
    """A choice, and the same as one HTML document for people who were not there."""

    experiment: str
    choice: CellChoice
    html: str


class ChoiceView(msgspec.Struct, frozen=True):
    """A choice on record; `is_current` says that it was made on the scores of today.

    `options` are those that it was made by, as texts by their names.
    """

    decision: str
    cell: str | None
    margin: float
    options: Mapping[str, str]
    scenarios: int
    looks: int
    max_scenarios: int
    author: str
    at: str
    is_current: bool


class ShipView(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over on record: its verdict, or the reason to ship `anyway`, and whether it was taken back since."""

    number: int
    cell: str
    verdict: str | None
    anyway: str | None
    replaces: str | None
    author: str
    at: str
    is_undone: bool


class ChampionView(msgspec.Struct, frozen=True):
    """The project's last hand-over in force; `here` is the cell of the same content in the experiment, else None."""

    experiment: str
    cell: str
    here: str | None


class ChoicesView(msgspec.Struct, frozen=True):
    """Choices and hand-overs of an experiment, newest first; `champion` is None where nothing is shipped."""

    choices: list[ChoiceView]
    ships: list[ShipView]
    champion: ChampionView | None


class HandOverView(msgspec.Struct, frozen=True, kw_only=True):
    """A shipped cell, with both files as they are handed over."""

    experiment: str
    cell: str
    verdict: str | None
    anyway: str | None
    replaces: str | None
    ship_json: str
    prompt_md: str


class ShipTakenBack(msgspec.Struct, frozen=True):
    """The last hand-over counts no longer; `again` is the one that does since, None where none does."""

    experiment: str
    again: HandOverView | None


class CellChoosing(Protocol):
    """Chooses cells and hands them over; NotFound for an unknown experiment, Conflict for an archived one."""

    def choose(self, experiment: str, request: ChoiceRequest, actor: str) -> CellChoice:
        """Return the choice on the scores of now, which goes on record where people, agents or models judged.

        Raise InvalidInput that names the field of the request.
        """
        ...

    def page(self, experiment: str, request: ChoiceRequest, actor: str) -> ChoicePageView:
        """Return the page of a choice that is made as `choose` makes it; raise what that raises."""
        ...

    def on_record(self, experiment: str, most: int) -> ChoicesView:
        """Return the newest choices and hand-overs, `most` of each."""
        ...

    def ship(self, experiment: str, cell: str, anyway: str | None, actor: str) -> HandOverView:
        """Record that the cell is the one to use.

        Raise InvalidInput for what is no cell, Conflict where no decision on today's scores is for it and no reason is
        given to ship it `anyway`, and where it is provisional or without a score.
        """
        ...

    def undo_ship(self, experiment: str, actor: str) -> ShipTakenBack:
        """Record that the last hand-over counts no longer; raise Conflict where there is none."""
        ...
