"""The ledger of erased users."""

from pathlib import Path

from resources.home import Home
from resources.privacy.erasure_ledger import LedgerFile, open_ledger


def test_who_was_erased_is_known_and_not_named(tmp_path: Path) -> None:
    """By a keyed hash; another key finds nobody; only its owner may read the file."""
    ledger = open_ledger(Home(tmp_path))
    ledger.add("erasure-1", "user-a", "2027-01-15T08:00:00+00:00")
    path = tmp_path / "erasures" / "ledger.jsonl"
    assert (ledger.holds("user-a"), ledger.holds("user-b")) == (True, False)
    assert b"user-a" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert not LedgerFile(path, b"another").holds("user-a")


def test_it_only_grows(tmp_path: Path) -> None:
    """The same erasure again adds nothing; what a kill cut off is passed over and written again whole."""
    ledger = LedgerFile(tmp_path / "ledger.jsonl", b"k")
    for _ in range(2):
        ledger.add("erasure-1", "user-a", "2027-01-15T08:00:00+00:00")
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(b'{"erasure":"erasure-2","user_ha')
    before = (tmp_path / "ledger.jsonl").read_bytes()
    ledger.add("erasure-2", "user-b", "2027-01-15T08:00:00+00:00")
    assert (tmp_path / "ledger.jsonl").read_bytes().startswith(before)
    assert [line.erasure for line in ledger.lines()] == ["erasure-1", "erasure-2"]
    assert ledger.holds("user-b")
