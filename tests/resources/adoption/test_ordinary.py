"""Ordinary rows are read in one step, as they would be column by column."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.judging.rubric import Criterion, Rubric, Scale
from resources.adoption.ordinary import OrdinaryRows
from resources.adoption.rows import RowReader, ScoreCounts
from resources.adoption.values import Values

GATE = Criterion("safe", "third", scale="yes_no", gate=True)
RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("good", "first"), Criterion("clear", "second"), GATE))
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
SCORE = st.dictionaries(st.sampled_from(["good", "clear", "safe", "else"]), ODD, max_size=3)
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


ROWS = st.lists(
    st.builds(
        lambda changed, scores, without: {k: v for k, v in (ORDINARY | changed | scores).items() if k not in without},
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


@settings(max_examples=300)
@given(ROWS)
def test_rows_come_to_the_same_either_way(rows: list[dict[str, Any]]) -> None:
    """Rows, faults in words, judges, counts and unknown numbers, whatever stands in whichever column."""
    assert repr(_read(rows, at_once=True)) == repr(_read(rows, at_once=False))


def test_an_ordinary_row_is_read_at_once() -> None:
    """With all it has but gates, an object as scenario, or without scores; not what is looked at column by column."""
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
        {"scores": {"anna": {"good": 4, "clear": 4, "safe": 1}}},
        {"scores": {"anna": {"good": 4, "clear": 6}}},
        {"scores": {"no judge": {"good": 4, "clear": 5}}},
    ]
    assert all(ordinary.read(ORDINARY | more) is None for more in odd)
    answered = Rubric("r", "1", Scale(1, 5), (Criterion("good", "first"), Criterion("clear", "second", scale="yes_no")))
    assert OrdinaryRows(answered).read(ORDINARY) is None


@settings(max_examples=300)
@given(ROWS)
def test_a_file_of_ordinary_rows_comes_to_what_its_rows_come_to(rows: list[dict[str, Any]]) -> None:
    """Where a file is read in one step, its rows and what is counted are those of one row after the other."""
    counts = ScoreCounts()
    reader = RowReader(RUBRIC, stated=True, without_scores=False, values=Values(decimal_comma=False), counts=counts)
    found = reader.ordinary("".join(json.dumps(row) + "\n" for row in rows).encode())
    if found is None:
        assert counts == ScoreCounts()
    else:
        assert repr(([(row, []) for row in found], counts, {})) == repr((*_read(rows, at_once=False)[:2], {}))


WHOLE = json.dumps(ORDINARY)
SPREAD = WHOLE.replace('"scores": ', '"scores":\n')


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{WHOLE}\n{WHOLE}\n", [1, 2]),
        (f"{WHOLE}\r\n{WHOLE}", [1, 2]),
        (WHOLE, [1]),
        ("", None),
        (f"\n{WHOLE}\n", None),
        (f"{WHOLE}\n\n{WHOLE}\n", None),
        (f"{WHOLE} {WHOLE}\n", None),
        (f"{WHOLE} {WHOLE}\n\n", None),
        (f"{WHOLE}\r{WHOLE}\n", None),
        (f"{SPREAD}\n", None),
        (f"{WHOLE} {SPREAD}\n", None),
        (f"[{WHOLE}]\n", None),
        (f"{WHOLE}\n{WHOLE[:-1]}\n", None),
        (f'{WHOLE[:-1]}, "extra": 1}}\n', None),
        (f"{WHOLE}\n".replace('"m"', '" "'), None),
        (f"{WHOLE}\n".replace("anna", "no judge"), None),
        (f"{WHOLE}\n".replace("3.5", "5.5"), None),
        (f"{WHOLE}\n".replace("Rain", "{Rain"), None),
    ],
)
def test_a_file_is_read_in_one_step_where_each_line_is_an_ordinary_row(text: str, lines: list[int] | None) -> None:
    """So that every row has its own line; what else a file may be is left to be read value by value."""
    values, counts = Values(decimal_comma=False), ScoreCounts()
    found = RowReader(RUBRIC, stated=True, without_scores=False, values=values, counts=counts).ordinary(text.encode())
    assert (None if found is None else [row.line for row in found]) == lines
