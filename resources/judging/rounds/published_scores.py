"""The published scores of one judge, read again after each publication."""

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from contracts.judging import AnswerView
from core.benchmark.spec import Spec
from core.judging.answers import Rating
from resources.home import Home
from resources.judging.scores import Scores, given_scores

CACHED = 16


class _Own(NamedTuple):
    version: str | None
    table: pa.Table
    items: frozenset[str]
    times: dict[str, str]


class PublishedScores:
    """Published answers by experiment and judge, the last few of them cached."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._cache: OrderedDict[tuple[str, str], _Own] = OrderedDict()
        self._lock = Lock()

    def items(self, spec: Spec, judge: str) -> frozenset[str]:
        """Return the items that the judge has answered."""
        return self._own(spec, judge).items

    def view(self, spec: Spec, judge: str, items: Iterable[str]) -> dict[str, AnswerView]:
        """Return the published answers of these items, by item."""
        own = self._own(spec, judge)
        wanted = pa.array([item for item in items if item in own.items], pa.string())
        rows = own.table.filter(pc.is_in(own.table["item"], value_set=wanted)).to_pylist() if len(wanted) else []
        return {row["item"]: view_of(as_answer(spec, row), own.times[row["source"]]) for row in rows}

    def _own(self, spec: Spec, judge: str) -> _Own:
        key = (spec.experiment, judge)
        with self._lock:
            version = self._version(spec.experiment)
            own = self._cache.pop(key, None)
            if own is None or own.version != version:
                own = self._read(spec, judge, version)
            self._cache[key] = own
            while len(self._cache) > CACHED:
                self._cache.popitem(last=False)
            return own

    def _version(self, name: str) -> str | None:
        return self._home.storage.blobs.tag(self._home.key(name, "scores", "manifest.json"))

    def _read(self, spec: Spec, judge: str, version: str | None) -> _Own:
        scores = Scores(self._home, spec.experiment, spec.rubric)
        sources = scores.sources()
        times = {source.sha256: source.at for source in sources}
        whole = pa.concat_tables([scores.current(sources), scores.repeats(sources)]).unify_dictionaries()
        table = whole.filter(pc.equal(whole["judge"].cast(pa.string()), judge))
        return _Own(version, table, frozenset(table["item"].to_pylist()), times)


def as_answer(spec: Spec, row: dict[str, Any]) -> Rating:
    """Return a row of the scores as the answer that it was."""
    scored = row["unscorable"] is None
    return Rating(
        item=row["item"],
        rubric=spec.rubric.ref,
        scores=given_scores(spec.rubric, row) if scored else None,
        unscorable=row["unscorable"],
        comment=row["comment"],
    )


def view_of(answer: Rating, saved_at: str) -> AnswerView:
    """Return an answer as its judge sees it, wherever it is stored."""
    return AnswerView(
        item=answer.item,
        scores=answer.scores,
        unscorable=answer.unscorable,
        comment=answer.comment,
        saved_at=saved_at,
    )
