"""Journals whose lines are sealed under a user's key."""

from pathlib import Path

import pytest

from contracts.modules.sealing import Erased
from core.benchmark.outcome import Outcome
from resources.home import Home
from resources.lake.journal import Journal, JournalBroken, OutcomeReader, read_index
from resources.privacy.sealed_lines import SealedLines
from resources.privacy.user_keys import UserKeys, open_user_keys
from tests.journals import journal_at


@pytest.fixture
def keys(tmp_path: Path) -> UserKeys:
    """A key store of a home of its own."""
    return open_user_keys(Home(tmp_path / "home"))


def _write(path: Path, codec: SealedLines, *texts: str) -> None:
    with Journal(journal_at(path, codec)) as journal:
        for text in texts:
            journal.sent(text)
            journal.done(Outcome(key=text, kind="text", raw=f"tip of {text}"))


def test_a_sealed_journal_reads_back_and_goes_on(tmp_path: Path, keys: UserKeys) -> None:
    """Outcomes are found at their places, a second writer appends, a torn last line is dropped."""
    path, codec = tmp_path / "journal", SealedLines(keys, "u1", "tips")
    _write(path, codec, "a", "b")
    with path.open("ab") as file:
        file.write(b"AbC")
    _write(path, codec, "c")
    index = read_index(journal_at(path, codec))
    assert (index.final, index.in_flight) == ({"a", "b", "c"}, set())
    with OutcomeReader(journal_at(path, codec)) as reader:
        assert [reader.at(index.places[key]).raw for key in "abc"] == ["tip of a", "tip of b", "tip of c"]


def test_nothing_can_be_read_in_the_file_and_nothing_at_all_without_the_key(tmp_path: Path, keys: UserKeys) -> None:
    """The file holds no word of what was written, and an erased user's journal opens for nobody."""
    path, codec = tmp_path / "journal", SealedLines(keys, "u1", "tips")
    _write(path, codec, "secret")
    assert b"secret" not in path.read_bytes()
    keys.destroy("u1")
    for read in (
        lambda: read_index(journal_at(path, codec)),
        lambda: Journal(journal_at(path, codec)),
        lambda: _write(path, codec, "more"),
    ):
        with pytest.raises(Erased):
            read()


@pytest.mark.parametrize("change", ["swapped", "repeated", "another journal", "another user", "no base64"])
def test_a_line_opens_only_where_it_was_written(tmp_path: Path, keys: UserKeys, change: str) -> None:
    """Lines in another order, twice, of another journal or user, or that are no sealed ones, break the journal."""
    path, codec = tmp_path / "journal", SealedLines(keys, "u1", "tips")
    _write(path, codec, "a", "b")
    other = tmp_path / "other"
    _write(other, SealedLines(keys, "u2" if change == "another user" else "u1", "others"), "a")
    first, second, *rest = path.read_bytes().splitlines(keepends=True)
    changed = {
        "swapped": [second, first, *rest],
        "repeated": [first, second, *rest, first],
        "another journal": [other.read_bytes().splitlines(keepends=True)[0], second, *rest],
        "another user": [other.read_bytes().splitlines(keepends=True)[0], second, *rest],
        "no base64": [b"{}\n", second, *rest],
    }[change]
    path.write_bytes(b"".join(changed))
    with pytest.raises(JournalBroken, match="journal:"):
        read_index(journal_at(path, codec))
