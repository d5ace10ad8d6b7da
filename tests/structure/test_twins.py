"""What is needed twice is written once: no two places have the same statements with other names."""

from pathlib import Path

import pytest

from tests.structure.sources import named, sources
from tests.structure.twins import twins

MOST_LINES = 8
EXCEPTIONS: dict[tuple[str, str], str] = {}
"""Pairs of files whose twins stay, each with the reason; migrations are history and not looked at."""
ONE = """
def shares(rows, total):
    found = {}
    for row in rows:
        if row.cell is None:
            continue
        found.setdefault(row.cell, []).append(row.value)
    if not found:
        raise ValueError("no rows")
    means = {cell: sum(values) / len(values) for cell, values in found.items()}
    return {cell: mean / total for cell, mean in means.items()}
"""
OTHER = '''
class Report:
    def costs(self, answers, budget):
        """Has a docstring, and other names and texts."""
        by_model = {}
        for answer in answers:
            if answer.model is None:
                continue
            by_model.setdefault(answer.model, []).append(answer.cost)
        if not by_model:
            raise KeyError("nothing was asked")
        average = {model: sum(costs) / len(costs) for model, costs in by_model.items()}
        return {model: cost / budget for model, cost in average.items()}
'''


def test_no_new_twins() -> None:
    """Pairs of runs of statements that differ in names and values alone are the listed ones."""
    looked_at = [path for path in sources() if "migrations" not in path.parts]
    found = {(named(one.path), named(two.path)): (one, two) for one, two in twins(looked_at, MOST_LINES)}
    places = [
        f"{one}:{found[one, two][0].first} ~ {two}:{found[one, two][1].first}"
        for one, two in found
        if (one, two) not in EXCEPTIONS
    ]
    assert places == [], "write it once, or list the pair with the reason"
    assert set(EXCEPTIONS) == set(found), "these are no twins any more: take them out"


@pytest.mark.parametrize(
    ("old", "new", "is_twin"),
    [
        ("", "", True),
        ("average", "middle", True),
        ("continue", "break", False),
        ("cost / budget", "cost * budget", False),
        ("if not by_model:\n            raise KeyError", "if by_model:\n            raise KeyError", False),
    ],
)
def test_the_search_bites(tmp_path: Path, old: str, new: str, is_twin: bool) -> None:
    """Other names, values, classes and docstrings hide nothing; another statement or operator is no twin."""
    for name, text in (("one.py", ONE), ("other.py", OTHER.replace(old, new) if old else OTHER)):
        (tmp_path / name).write_text(text)
    assert bool(twins([tmp_path / "one.py", tmp_path / "other.py"], MOST_LINES)) is is_twin
