"""Pairs of cells over the schema: what they cost is what there are."""

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from api.context import ApiContext
from api.root import admin_schema
from api.types.leaderboard import FORESEEN_PAIRS, MOST_PAIRS
from core.scoring.cell_differences import CellPair
from tests.api.memory_services import MemoryServices

PAIR = CellPair(cell=("m", "a"), other=("m", "b"), diff=0.5, low=None, high=None, p_holm=None, separated=False)


class _Experiments:
    """One leaderboard, of which as many pairs are known as a test says."""

    def __init__(self, pairs: int) -> None:
        self._pairs = pairs

    def pairs(self, _experiment: str, _judges: str | None) -> list[CellPair]:
        """As many as there are."""
        return [PAIR] * self._pairs


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was charged afterwards."""
    said = list[float]()
    buckets = admin_schema().guarding.buckets
    monkeypatch.setattr(buckets, "spend", lambda _, units: said.append(units))  # a bucket fills by the real clock
    return said


def _ask(pairs: int, fields: str = "cell") -> Any:
    services = MemoryServices()
    given = replace(services.services, experiments=cast("Any", _Experiments(pairs)))
    context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
    query = f'{{ cellPairs(experiment: "tip-bench-a") {{ {fields} }} }}'
    return asyncio.run(admin_schema().execute(query, context_value=context))


def test_pairs_beyond_those_foreseen_are_charged(spent: list[float]) -> None:
    """Each selected field of each, whether it stands in a fragment or under another name; a few cost nothing more."""
    assert len(_ask(FORESEEN_PAIRS).data["cellPairs"]) == FORESEEN_PAIRS
    _ask(FORESEEN_PAIRS + 10, "cell a: cell ... on PairOfCells { other diff }")
    assert spent == [0, 40]


def test_more_pairs_than_anybody_reads_are_refused(spent: list[float]) -> None:
    """With the number; those of 100 cells are listed."""
    assert _ask(MOST_PAIRS).errors is None
    (error,) = _ask(MOST_PAIRS + 1).errors
    assert (error.extensions["code"], spent) == ("INVALID_INPUT", [MOST_PAIRS - FORESEEN_PAIRS])
    assert str(MOST_PAIRS) in error.message
