"""Reads of rounds: who may see which, the progress of each, and its items with the answers in force."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, get_args

from contracts.access.caller import Caller, Role
from contracts.judging import AnswerView, RoundItem, RoundView
from contracts.paging import InvalidCursor, Page, PageRequest
from contracts.refusals import InvalidInput, NotFound
from core.benchmark.scenario import has_must_not
from core.benchmark.spec import Spec
from kit.paging import key_after, page_of
from resources.home import Home
from resources.judging.export_pages import ExportPages, Folders
from resources.judging.rounds.page_answers import PageAnswerTable
from resources.judging.rounds.preconditions import experiment_spec, is_judge
from resources.judging.rounds.published_scores import PublishedScores
from resources.judging.rounds.round_store import Entry, RoundStore

State = Literal["preparing", "open", "failed", "closed"]
LONGEST_PREPARING_S = 900.0
"""A round without its folder after so long has failed: the run that should write it has died."""


class RoundReads:
    """Reads rounds, items and answers; changes nothing."""

    def __init__(self, home: Home, table: PageAnswerTable, clock: Callable[[], float]) -> None:
        self._home, self._table, self._clock = home, table, clock
        self.store = RoundStore(home)
        self._folders, self._published = Folders(), PublishedScores(home)

    def entry(self, round_id: str, caller: Caller) -> Entry:
        """Return the round; raise NotFound if there is none or it is another judge's."""
        entry = self.store.find(round_id)
        if entry is None or not (caller.role >= Role.ADMIN or is_judge(caller, entry.round.judge)):
            raise NotFound("no round of that id", ("round",))
        return entry

    def view(self, entry: Entry) -> RoundView:
        """Return the round with its state and progress."""
        spec, round_ = experiment_spec(self._home, entry.experiment), entry.round
        items = self.pages(entry).items if round_.export else []
        answered = self._answered(spec, round_.judge) if items else set()
        return RoundView(
            id=round_.id,
            experiment=entry.experiment,
            judge=round_.judge,
            kind=entry.judge.kind,
            task=entry.judge.task,
            state=self.state(entry),
            rubric=spec.rubric,
            opened_at=round_.opened_at,
            closed_at=round_.closed_at,
            total=len(items),
            answered=sum(item in answered for item in items),
        )

    def state(self, entry: Entry) -> State:
        """Return the round's state: preparing until its folder is written, failed if that takes over 15 minutes.

        Then it is open, and at last closed.
        """
        if entry.round.closed_at is not None:
            return "closed"
        if entry.round.export is not None:
            return "open"
        began = datetime.fromisoformat(entry.round.opened_at).timestamp()
        return "failed" if self._clock() - began > LONGEST_PREPARING_S else "preparing"

    def rounds(self, request: PageRequest, caller: Caller) -> Page[RoundView]:
        """Return a page of the rounds that the caller may see, newest first.

        Raise InvalidInput for an unknown filter.
        """
        unknown = set(request.where) - {"experiment", "state"}
        state = request.where.get("state")
        if unknown or state not in {None, *get_args(State)}:
            raise InvalidInput("rounds can be filtered by experiment and by state", ("where",))
        experiment = request.where.get("experiment")
        seen = [
            entry
            for entry in self.store.all()
            if (caller.role >= Role.ADMIN or is_judge(caller, entry.round.judge))
            and experiment in {None, entry.experiment}
            and state in {None, self.state(entry)}
        ]
        seen.sort(key=_key, reverse=True)
        if (after := key_after(request, str, str)) is not None:
            seen = [entry for entry in seen if _key(entry) < after]
        return page_of(seen, request.first, _key, self.view)

    def items(self, entry: Entry, request: PageRequest) -> Page[RoundItem]:
        """Return a page of items in the judge's own order; places count from 1.

        Raise InvalidInput for an unknown filter, InvalidCursor for another list's cursor.
        """
        if set(request.where) - {"answered", "place"}:
            raise InvalidInput("items can be filtered by answered and by place", ("where",))
        first = request.where.get("place")
        if first is not None and first < 1:
            raise InvalidInput("places count from 1", ("place",))
        if not entry.round.export:
            return Page([], [], more=False)
        pages, spec = self.pages(entry), experiment_spec(self._home, entry.experiment)
        (start,) = key_after(request, int) or ((first or 1) - 1,)
        if not isinstance(start, int) or start < 0:
            raise InvalidCursor
        places: Iterable[int] = range(start, len(pages.items))
        wanted = request.where.get("answered")
        if wanted is not None:
            answered = self._answered(spec, entry.round.judge)
            places = (place for place in places if (pages.items[place] in answered) == wanted)
        found = [place for place, _ in zip(places, range(request.first + 1), strict=False)]
        page = page_of(found, request.first, key=lambda place: (place + 1,))
        answers = self.in_force(entry, [pages.items[place] for place in page.rows])
        rows = [
            RoundItem(
                item=line.item, place=place + 1, scenario=line.scenario, tip=line.tip, answer=answers.get(line.item)
            )
            for place, line in zip(page.rows, pages.lines(page.rows), strict=True)
        ]
        return Page(rows, page.keys, page.more)

    def in_force(self, entry: Entry, items: list[str]) -> dict[str, AnswerView]:
        """Return the answer of each item: the one that waits to be published, else the published one."""
        judge = entry.round.judge
        saved = self._table.latest(entry.experiment, judge, items)
        published = self._published.view(experiment_spec(self._home, entry.experiment), judge, items)
        for item, own in saved.items():
            if own.waits or item not in published or _same(own.view, published[item]):
                published[item] = own.view
        return published

    def has_must_not(self, entry: Entry, item: str) -> bool:
        """Return whether the scenario that an item of the round shows says what must not be said."""
        pages = self.pages(entry)
        return has_must_not(pages.lines([pages.places[item]])[0].scenario)

    def pages(self, entry: Entry) -> ExportPages:
        """Return the pages of the round's export folder; raise FileNotFoundError if it is missing."""
        folder = self._home.exports(entry.experiment, entry.round.judge) / f"{entry.round.export:03d}"
        return self._folders.of(folder)

    def _answered(self, spec: Spec, judge: str) -> set[str]:
        return self._table.waiting(spec.experiment, judge) | self._published.items(spec, judge)


def _key(entry: Entry) -> tuple[str, str]:
    return entry.round.opened_at, entry.round.id


def _same(one: AnswerView, other: AnswerView) -> bool:
    return (one.scores, one.unscorable, one.comment) == (other.scores, other.unscorable, other.comment)
