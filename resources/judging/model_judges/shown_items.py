"""The items of a judge of the catalog without an answer, as it sees them: what a person's export folder holds."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from core.benchmark.render import situation
from core.benchmark.scenario import Scenario
from core.benchmark.spec import Spec
from core.judging.model_judges.prompt import ShownItem
from resources.home import Home
from resources.judging.export_files import in_words, is_said, shown
from resources.judging.exports import unanswered
from resources.judging.items import Items


class OpenItem(NamedTuple):
    """An item without an answer: its id, its first candidate, what the judge sees of it, and its scenario's locale."""

    item: str
    candidate: str
    seen: ShownItem
    locale: str | None = None


def open_items(home: Home, spec: Spec, judge: str, tips: pa.Table, scores: pa.Table) -> list[OpenItem]:
    """Return what `judge` has not answered, in an order that says nothing of candidates; tips that look alike once.

    `tips` has the columns candidate_id, scenario, outcome and text; `scores` candidate_id and judge.
    """
    return _as_seen(spec, judge, unanswered(tips, scores, [judge])[judge], Items(home, spec.experiment))


def open_anchor_items(home: Home, spec: Spec, judge: str, tips: pa.Table, again: Sequence[str]) -> list[OpenItem]:
    """Return the candidates of `again` as items that `judge` is shown once more, under the ids of anchors, as above."""
    rows = tips.filter(pc.is_in(tips["candidate_id"], value_set=pa.array(again, pa.string())))
    return _as_seen(spec, judge, rows, Items(home, spec.experiment, anchors=True))


def _as_seen(spec: Spec, judge: str, pending: pa.Table, items: Items) -> list[OpenItem]:
    candidates = pending["candidate_id"].to_pylist()
    seen_by_item: dict[str, OpenItem] = {}
    blank = {place: without_tip(spec.scenarios[place]) for place in set(pending["scenario"].to_pylist())}
    rows = zip(
        items.ids(judge, candidates),
        candidates,
        pending["scenario"].to_pylist(),
        pending["text"].to_pylist(),
        strict=True,
    )
    for item, candidate, place, text in rows:
        if item not in seen_by_item:
            seen = msgspec.structs.replace(blank[place], tip=shown(text))
            seen_by_item[item] = OpenItem(item, candidate, seen, spec.scenarios[place].locale)
    return sorted(seen_by_item.values(), key=lambda each: each.seen.mark)


def without_tip(scenario: Scenario) -> ShownItem:
    """Return what is shown of a scenario, whatever the tip."""
    prose = situation(scenario)
    rest = {name: value for name, value in scenario.data.items() if not is_said(name, value, prose)}
    forbidden = rest.pop("must_not", None)
    lines = [f"{name}: {in_words(value)}" for name, value in rest.items()]
    must_not = "" if forbidden is None else in_words(forbidden)
    return ShownItem(shown(prose), shown("\n".join(lines)), shown(must_not), "", scenario.has_must_not)
