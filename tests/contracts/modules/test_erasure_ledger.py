"""What every implementation of contracts.modules.erasure.ErasureLedger does; a new one is one entry of LEDGERS."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.modules.erasure import ErasureLedger
from resources.home import Home
from resources.privacy.erasure_ledger import open_ledger
from resources.privacy.memory import MemoryLedger

LEDGERS: dict[str, Callable[[Path], ErasureLedger]] = {
    "file": lambda folder: open_ledger(Home(folder)),
    "memory": lambda _: MemoryLedger(),
}


@pytest.mark.parametrize("kind", LEDGERS)
def test_who_was_erased_is_known(kind: str, tmp_path: Path) -> None:
    """For good, however often the same erasure is added; nobody else is."""
    ledger = LEDGERS[kind](tmp_path)
    assert not ledger.holds("a")
    for _ in range(2):
        ledger.add("erasure-1", "a", "2027-01-15T08:00:00+00:00")
    ledger.add("erasure-2", "b", "2027-01-15T08:00:00+00:00")
    assert [ledger.holds(user) for user in ("a", "b", "c", "")] == [True, True, False, False]
