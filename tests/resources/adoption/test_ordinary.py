"""Ordinary rows are read in one step, as they would be column by column."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.judging.rubric import Criterion, Rubric, Scale
from resources.adoption.ordinary import OrdinaryRows
from resources.adoption.rows import RowReader, ScoreCounts
from resources.adoption.values import Values

RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("good", "first"), Criterion("clear", "second")))
ORDINARY: dict[str, Any] = {
    "model": "m",
    "prompt": "p",
    "scenario_id": "s1",
    "scenario": "Rain at noon.",
    "tip_index": 0,
    "text": "Take a coat.",
    "scores": {"anna": {"good": 4, "clear": 3.5}},
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6),
    st.integers(2**31 - 1, 2**31),
    st.floats(-1, 6),
    st.sampled_from([float("nan"), float("inf"), 1e300]),
    st.sampled_from(["", " ", "x", "3", "3,5", "nan", "None", "true", '{"a": 1}', "[1]", " {no", "a\ud800"]),
    st.just([]),
    st.just({"text": "Sun.", "area": "west", "locale": 3}),
    st.dictionaries(st.sampled_from(["anna", "b c", ""]), st.none() | st.just({"good": 1}), max_size=2),
)
SCORE = st.dictionaries(st.sampled_from(["good", "clear", "else"]), ODD, max_size=3)
SCORES = st.dictionaries(st.sampled_from(["anna", "ben.1", "no judge"]), SCORE, max_size=3)


def _read(rows: list[dict[str, Any]], *, at_once: bool) -> Any:
    """What becomes of the rows: the rows taken, what is wrong with the others, and what is counted."""
    values, counts = Values(decimal_comma=False), ScoreCounts()
    reader = RowReader(RUBRIC, stated=True, without_scores=False, values=values, counts=counts, in_columns=not at_once)
    found = []
    for line, row in enumerate(rows, 1):
        faults: list[str] = []
        found.append((reader.row(line, deepcopy(row), faults), faults))
    return found, counts, values.unknown


@settings(max_examples=300)
@given(
    st.lists(
        st.builds(
            lambda changed, scores, without: {
                k: v for k, v in (ORDINARY | changed | scores).items() if k not in without
            },
            st.dictionaries(
                st.sampled_from([*ORDINARY, "tokens_in", "tokens_out", "latency_ms", "cost", "area", "locale"]),
                ODD,
                max_size=3,
            ),
            st.sampled_from([{}, {"metrics": {"tool": {"Good": 3, "other": None}}}])
            | st.builds(lambda own: {"scores": own}, SCORES),
            st.sets(st.sampled_from([*ORDINARY]), max_size=1),
        ),
        max_size=4,
    )
)
def test_rows_come_to_the_same_either_way(rows: list[dict[str, Any]]) -> None:
    """Rows, faults in words, judges, counts and unknown numbers, whatever stands in whichever column."""
    assert repr(_read(rows, at_once=True)) == repr(_read(rows, at_once=False))


def test_an_ordinary_row_is_read_at_once() -> None:
    """With all it has, an object as scenario, or without scores; not what has to be judged column by column."""
    ordinary = OrdinaryRows(RUBRIC)
    whole: dict[str, Any] = {
        "tokens_in": 3,
        "tokens_out": 9,
        "latency_ms": 120.5,
        "cost": 0,
        "extra": [1],
        "scenario": {"text": "x"},
    }
    usual: list[dict[str, Any]] = [{}, whole, {"scores": {}}, {"scores": None}, {"text": None}]
    assert all(ordinary.read(ORDINARY | more) is not None for more in usual)
    odd: list[dict[str, Any]] = [
        {"model": " "},
        {"scenario": '{"text": "x"}'},
        {"tip_index": True},
        {"cost": -1},
        {"area": "west"},
        {"metrics": {}},
        {"scores": {"anna": {"good": 4}}},
        {"scores": {"anna": {"good": 4, "clear": 6}}},
        {"scores": {"no judge": {"good": 4, "clear": 5}}},
    ]
    assert all(ordinary.read(ORDINARY | more) is None for more in odd)
