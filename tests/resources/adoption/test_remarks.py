from typing import Any

from resources.adoption.remarks import notes_of, warnings_of


def test_units_are_stated_and_odd_ones_warned_of(read: Any, rows: Any, lines: Any, rubric: Any) -> None:
    """Milliseconds and USD a tip; seconds, microseconds and cents are noticed."""
    usual = read(a_jsonl=lines([{**row, "latency_ms": 800 + n, "cost": 0.001} for n, row in enumerate(rows)]))
    assert warnings_of(usual) == []
    notes = notes_of(usual, rubric, [])
    assert notes == ["read as latency_ms in milliseconds a tip, median 805.5; cost in USD a tip, median 0.001"]
    odd = read(a_jsonl=lines([{**row, "latency_ms": 0.8, "cost": 12} for row in rows]))
    assert [said.rpartition(": ")[2] for said in warnings_of(odd)] == [
        "are these seconds?",
        "is it in cents, or for more than one tip?",
    ]
    slow = read(a_jsonl=lines([{**row, "latency_ms": 800_000, "cost": 0} for row in rows]))
    assert ["are these microseconds?" in said for said in warnings_of(slow)] == [True]


def test_words_for_nothing_are_warned_of(read: Any, rows: Any, table: Any) -> None:
    """They are taken as tips, for they may be meant."""
    for row, word in zip(rows, ("nan", "nan", "None"), strict=False):
        row["text"] = word
    found = read(a_csv=table(rows))
    assert [row.text for row in found.rows[:3]] == ["nan", "nan", "None"]
    assert [said.partition(",")[0] for said in warnings_of(found)] == [
        "2 texts are the word nan",
        "1 text is the word None",
    ]


def test_notes_say_what_became_of_the_rest(read: Any, rows: Any, lines: Any, rubric: Any) -> None:
    """New names, unknown numbers, ignored columns, judges of the options."""
    given = [{**row, "prompt": f"a/{row['prompt']}", "latency_ms": "NaN", "extra": 1} for row in rows]
    notes = " ".join(notes_of(read(a_jsonl=lines(given)), rubric, ["x"]))
    for said in ("a-p1 for 'a/p1'", "latency_ms in 12 rows", "left out: extra", "--judge-kind names x"):
        assert said in notes
