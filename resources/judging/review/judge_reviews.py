"""The service of flags, pace and agreement, over the rounds and scores of a home."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from numpy.typing import NDArray

from contracts.access.caller import Caller
from contracts.judge_reviews import CriterionAgreement, Flag, JudgeAgreement, JudgePace, JudgePair
from contracts.paging import Page, PageRequest
from contracts.refusals import InvalidInput
from core.dataset_columns import criterion_column
from core.judging.agreement import agreement
from core.judging.rubric import Rubric
from kit.paging import key_after, page_of
from resources.bench_context import BenchContext
from resources.judging.export_pages import Folders, ItemLine
from resources.judging.review.flags import FlagTable
from resources.judging.review.pace import paces
from resources.judging.rounds.page_answers import ItemPlace
from resources.judging.rounds.preconditions import experiment_spec, storing
from resources.judging.rounds.round_store import Entry, RoundStore
from resources.judging.scores import Scores

MOST_JUDGES = 20
"""Of an experiment that are set side by side, by id; more make more pairs than anybody reads."""
LOST = ItemLine("", {}, "")
"""In place of an item whose folder was deleted."""


class LakeJudgeReviews:
    """Implements contracts.judge_reviews.JudgeReviews.

    `answerable` returns the round of an item that the caller may answer now, or raises.
    """

    def __init__(self, bench: BenchContext, engine: sa.Engine, answerable: Callable[[str, str, Caller], Entry]) -> None:
        self._home, self._engine, self._answerable = bench.home, engine, answerable
        self._flags = FlagTable(engine, bench.now)
        self._rounds, self._folders = RoundStore(bench.home), Folders()

    def flag(self, round_id: str, item: str, reason: str | None, caller: Caller) -> Flag | None:
        """Store a flag of an item of the caller's own round, or remove it where there is no reason."""
        entry = self._answerable(round_id, item, caller)
        place = ItemPlace(entry.experiment, entry.round.id, entry.round.judge, item)
        with storing():
            if reason is None:
                self._flags.remove(place)
                return None
            at = self._flags.put(place, reason, caller.subject)
            line = self._line(round_id, item)
        return Flag(**place._asdict(), reason=reason, at=at, scenario=line.scenario, tip=line.tip)

    def flags(self, request: PageRequest) -> Page[Flag]:
        """Return a page of flags, newest first, of one experiment or of all."""
        if set(request.where) - {"experiment"}:
            raise InvalidInput("flags can be filtered by experiment", ("where",))
        after = key_after(request, str, str)
        with storing():
            last = None if after is None else (str(after[0]), str(after[1]))
            rows = self._flags.page(request.where.get("experiment"), last, request.first + 1)
            return page_of(rows, request.first, key=lambda row: (row.at, row.item), view=self._flag)

    def flagged(self, items: list[str]) -> list[str | None]:
        """Return the reasons of flags in the order of the items, None without one."""
        with storing():
            reasons = self._flags.reasons(items)
        return [reasons.get(item) for item in items]

    def paces(self, rounds: list[str]) -> list[JudgePace | None]:
        """Return how fast each of these rounds goes."""
        with storing():
            return paces(self._engine, rounds)

    def agreement(self, experiment: str) -> JudgeAgreement:
        """Return each two judges with scores in common, of the first 20 judges by id."""
        rubric = experiment_spec(self._home, experiment).rubric
        with storing():
            scores = Scores(self._home, experiment, rubric).current()
        judges = sorted(pc.unique(scores["judge"].cast(pa.string())).to_pylist())
        return JudgeAgreement(len(judges), pairs_of(values_of(scores, rubric, judges[:MOST_JUDGES]), rubric))

    def _flag(self, row: Any) -> Flag:
        line = self._line(row.round, row.item)
        named = {name: getattr(row, name) for name in ("experiment", "round", "judge", "item", "reason", "at")}
        return Flag(**named, scenario=line.scenario, tip=line.tip)

    def _line(self, round_id: str, item: str) -> ItemLine:
        """Return what the item shows; nothing where its round or folder is gone."""
        entry = self._rounds.find(round_id)
        if entry is None or not entry.round.export:
            return LOST
        try:
            folder = self._home.exports(entry.experiment, entry.round.judge) / f"{entry.round.export:03d}"
            pages = self._folders.of(folder)
        except FileNotFoundError:
            return LOST
        return pages.lines([pages.places[item]])[0] if item in pages.places else LOST


Values = dict[str, dict[str, NDArray[np.float64]]]
"""By judge and criterion: a value for each tip in one order, NaN where there is none."""


def values_of(scores: pa.Table, rubric: Rubric, judges: Sequence[str]) -> Values:
    """Return these judges' values in a table of scores, each array over the same tips."""
    tips = pc.unique(scores["candidate_id"].cast(pa.string()))
    found: Values = {}
    for judge in judges:
        own = scores.filter(pc.equal(scores["judge"].cast(pa.string()), judge))
        places = pc.index_in(own["candidate_id"].cast(pa.string()), value_set=tips).to_numpy()
        found[judge] = {}
        for name in rubric.names:
            values = np.full(len(tips), np.nan)
            column = own[criterion_column(name)].cast(pa.float64())
            values[places] = column.to_numpy(zero_copy_only=False)
            found[judge][name] = values
    return found


def pairs_of(values: Values, rubric: Rubric) -> list[JudgePair]:
    """Return each two judges with a tip in common, criterion by criterion."""
    pairs = []
    for first, second in combinations(sorted(values), 2):
        criteria = []
        for name in rubric.names:
            within = 0.0 if name in rubric.yes_no else 1.0
            found = agreement(values[first][name], values[second][name], adjacent_within=within)
            if found is not None:
                criteria.append(CriterionAgreement(name, *found))
        if criteria:
            pairs.append(JudgePair(first, second, max(each.n for each in criteria), criteria))
    return pairs
