import msgspec
import pytest

from core.benchmark.records import (
    BaselineRecord,
    CeilingRecord,
    JudgeConflict,
    JudgeRecord,
    MachineShared,
    Record,
    UnknownBaseline,
    baseline_cell,
    ceiling_of,
    judge_kind,
    judges_of,
    latency_notes,
    parse_judge,
    raters_of,
    refuse_other_tasks,
    slowed_models,
    split_baseline,
)
from core.judging.tasks import TaskNotOffered

CELLS = [("big/model", "terse"), ("template", "coach"), ("template", "terse")]


def test_a_baseline_is_split_at_the_last_slash() -> None:
    """Model names may hold slashes, prompt names hold none."""
    assert split_baseline("org/model/terse") == ("org/model", "terse")
    for wrong in ("terse", "/terse", "model/"):
        with pytest.raises(UnknownBaseline):
            split_baseline(wrong)


def test_the_default_baseline_is_template_with_its_first_prompt() -> None:
    """Without a record the first template cell is the baseline, else the first cell."""
    assert baseline_cell(CELLS, []) == 1
    assert baseline_cell(CELLS[:1], []) == 0


def test_the_last_record_counts() -> None:
    """Records are append-only; the newest baseline and ceiling are in force."""
    records: list[Record] = [
        BaselineRecord("template", "terse", "me", "t"),
        CeilingRecord(1.0, "me", "t"),
        BaselineRecord("big/model", "terse", "me", "t"),
        CeilingRecord(2.0, "me", "t"),
    ]
    assert baseline_cell(CELLS, records) == 0
    assert ceiling_of(records) == 2.0


def test_an_unknown_baseline_lists_the_cells() -> None:
    """The error names what could have been meant."""
    with pytest.raises(UnknownBaseline, match="template/coach"):
        baseline_cell(CELLS, [BaselineRecord("no", "such", "me", "t")])


def test_a_judges_kind_never_changes() -> None:
    """Known kinds stay, heuristics is always a program, human is the default."""
    known = judges_of([JudgeRecord("ann", "human", "me", "t")])
    assert judge_kind("ann", None, known) == "human"
    assert judge_kind("heuristics", None, {}) == "program"
    assert judge_kind("new", None, known) == "human"
    for judge, kind in (("ann", "agent"), ("heuristics", "human")):
        with pytest.raises(JudgeConflict, match=judge):
            judge_kind(judge, kind, known)  # type: ignore[arg-type]  # the literals come from a loop


def test_judges_are_named_with_or_without_a_kind() -> None:
    """ID and ID=KIND parse; other kinds are refused."""
    assert parse_judge("claude=agent") == ("claude", "agent")
    assert parse_judge("claude") == ("claude", None)
    with pytest.raises(ValueError, match="kind 'robot'"):
        parse_judge("x=robot")


def test_nobody_can_be_asked_to_compare_yet() -> None:
    """Neither by name, nor by going on with a judge whom a later version recorded; raters beside it go on."""
    with pytest.raises(TaskNotOffered, match="comparing two tips is not offered yet"):
        parse_judge("anna=comparison")
    records: list[Record] = [
        JudgeRecord("anna", "human", "me", "t"),
        JudgeRecord("pairs", "human", "me", "t", task="comparison"),
    ]
    assert raters_of(records) == {"anna": "human"}
    assert judges_of(records) == {"anna": "human", "pairs": "human"}
    refuse_other_tasks(records, ["anna", "new"])
    with pytest.raises(TaskNotOffered, match="'pairs' is recorded for comparisons"):
        refuse_other_tasks(records, ["anna", "pairs"])


def test_the_record_of_a_rater_is_written_as_ever() -> None:
    """Without a task, which an older version would not know, and read without one as a rating."""
    line = msgspec.json.encode(JudgeRecord("anna", "human", "me", "t"))
    assert line == b'{"type":"judge","judge":"anna","kind":"human","author":"me","at":"t"}'
    assert msgspec.json.decode(line, type=Record) == JudgeRecord("anna", "human", "me", "t", "rating")
    other = msgspec.json.encode(JudgeRecord("anna", "human", "me", "t", "comparison"))
    assert b'"task":"comparison"' in other


def test_of_two_records_of_a_judge_the_first_counts() -> None:
    """Two processes may add one judge at once with different kinds; its kind does not change after that."""
    records: list[Record] = [JudgeRecord("anna", "human", "me", "t"), JudgeRecord("anna", "agent", "me", "t")]
    assert judges_of(records) == {"anna": "human"}


def test_latencies_measured_on_a_shared_machine_are_named_once() -> None:
    """In one sentence for all runs; none where nothing was shared."""
    records: list[Record] = [MachineShared(names, 2, "me", "t") for names in (("a", "b"), ("a", "c"))]
    assert slowed_models(records) == ["a", "b", "c"]
    assert latency_notes(records) == [
        "a and b and c shared one machine while they answered: their latencies, p95 too, are longer than each would "
        "have alone"
    ]
    assert latency_notes([]) == []
