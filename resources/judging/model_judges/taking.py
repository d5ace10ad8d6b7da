"""Takes the answers that model judges gave from their journals into the scores, and notes which items have none."""

from collections.abc import Mapping, Sequence

import msgspec
import pyarrow as pa

from contracts.storage import Fence
from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.rubric import Rubric
from resources.home import Home
from resources.judging.anchors import open_anchors
from resources.judging.importer import Accepted
from resources.judging.items import Items
from resources.judging.model_judges.every_answer import EveryAnswer, Row, answer_row
from resources.judging.model_judges.journals import JudgeAnswers, judge_journal_of
from resources.judging.model_judges.shown_items import OpenItem, open_anchor_items, open_items
from resources.judging.model_judges.trial_records import trial_state
from resources.judging.scores import Scores, answers_table
from resources.lake.broken import read_value
from resources.lake.journal import OutcomeReader, read_index
from resources.lake.lock import JUDGING
from resources.storage.files import pretty


class WithoutScore(msgspec.Struct, frozen=True):
    """The contents of a judge's without_score.json: why an item has no score, by its id."""

    items: dict[str, str]


def take_model_answers(
    home: Home, spec: Spec, definitions: Mapping[str, JudgeDefinition], tips: pa.Table, *, at: str, fence: Fence
) -> None:
    """Publish what the judges' journals hold and the scores do not; raise StaleFence.

    `tips` has the columns candidate_id, scenario, outcome and text. The caller holds the experiment's lease by `fence`.
    """
    dataset = Scores(home, spec.experiment, spec.rubric, fence=fence)
    repeats = dataset.repeats()
    for judge, definition in definitions.items():
        state = trial_state(home, spec.experiment, judge)
        if state in {"open", "stopped"}:
            continue
        if state == "closed":
            _close(home, spec, judge, tips, dataset, fence)
            continue
        store = judge_journal_of(home, spec.experiment, judge)
        index, before = read_index(store), items_without_score(home, spec.experiment, judge)
        if not index.final:
            continue
        waiting = open_items(home, spec, judge, tips, dataset.in_force(["candidate_id", "judge"]))
        waiting += open_anchor_items(home, spec, judge, tips, open_anchors(home, spec.experiment, judge, repeats))
        with OutcomeReader(store) as outcomes:
            answers = JudgeAnswers(outcomes, index, spec.rubric, definition)
            rows, without, every = _given(spec.rubric, waiting, before, answers)
        if every:  # before the scores, so that a kill between both leaves nothing out
            EveryAnswer(home, spec.experiment, spec.rubric, fence=fence).add(judge, every)
        if rows:
            kind: JudgeKind = definition.entry.kind
            source = content_hash([judge, definition.hash, [row["item"] for row in rows]])
            accepted = Accepted("model", judge, source, answers_table(spec.rubric, rows))
            dataset.publish([accepted], {judge: kind}, at=at, author="model")
        if without != before:
            home.storage.blobs.put(_key(home, spec.experiment, judge), pretty(WithoutScore(without)), fence)


def _given(
    rubric: Rubric,
    items: Sequence[OpenItem],
    before: Mapping[str, str],
    answers: JudgeAnswers,
) -> tuple[list[dict[str, object]], dict[str, str], list[Row]]:
    """Return rows of scores, why items have none, and every answer to items that were not so `before`."""
    rows, without, every = list[dict[str, object]](), dict[str, str](), list[Row]()
    for item, candidate, seen, _ in items:
        _, reading, why, _, given = answers.standing(seen)
        if why is not None:
            without[item] = why
        if reading is not None or without.get(item) != before.get(item):
            every += [answer_row(rubric, item, each, answers.raw(each.keys)) for each in given]
        if reading is not None:
            values = {"scores": reading.scores, "comment": reading.comment, "unscorable": reading.unscorable}
            rows.append({"item": item, "candidate_id": candidate, "line": len(rows) + 1, **values})
    return rows, without, every


def _close(home: Home, spec: Spec, judge: str, tips: pa.Table, scores: Scores, fence: Fence) -> None:
    """Note that every open item of a judge stays without a score, for its trial stopped it."""
    items = open_items(home, spec, judge, tips, scores.in_force(["candidate_id", "judge"]))
    without = {each.item: "its trial stopped the judge" for each in items}
    if without != items_without_score(home, spec.experiment, judge):
        home.storage.blobs.put(_key(home, spec.experiment, judge), pretty(WithoutScore(without)), fence)


def items_without_score(home: Home, name: str, judge: str) -> dict[str, str]:
    """Return why items of a judge have no score and are requested no more, by item; raise LakeBroken."""
    found = read_value(home.storage.blobs, _key(home, name, judge), WithoutScore)
    return {} if found is None else found.items


def candidates_without_score(home: Home, name: str, judge: str) -> list[str]:
    """Return the tips whose item has no score by a judge and is requested no more."""
    items = items_without_score(home, name, judge)
    if not items:
        return []
    table = Items(home, name).table(judge)
    rows = zip(table["item"].to_pylist(), table["candidate_id"].to_pylist(), strict=True)
    return [candidate for item, candidate in rows if item in items]


def _key(home: Home, name: str, judge: str) -> str:
    return home.key(name, JUDGING, judge, "without_score.json")
