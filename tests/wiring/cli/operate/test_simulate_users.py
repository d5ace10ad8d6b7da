"""`tipbench simulate-users` on a home of its own."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.migrated_home import open_migrated
from wiring.cli import report_failure, tipbench
from wiring.settings import read_settings


def simulate(home: Path, *options: str) -> Result:
    """Return what the command printed."""
    words = ["simulate-users", "--users", "2", "--days", "2", *options]
    return CliRunner().invoke(tipbench, words, env={"TIPBENCH_HOME": str(home)}, standalone_mode=False)


def test_the_table_says_what_was_declared_and_done(tmp_path: Path) -> None:
    """Before a leaderboard no cell has a score, which is said; a second call goes on and finds all done."""
    open_migrated(read_settings({"TIPBENCH_HOME": str(tmp_path)}, tmp_path, None).home, None).dispose()
    first = simulate(tmp_path)
    assert first.exception is None
    assert first.stdout.startswith("4 visits of 2 simulated users\n")
    assert "template/" in first.stdout
    assert "0.50" in first.stdout
    assert "no served cell has a score" in first.stdout
    before, _, _ = first.stderr.partition("simulating users: 4 visits")
    assert before.startswith("0 served cells with a score: ")
    assert "whether scores predict reactions takes 8 of them" in before
    assert "and an interval takes 100: " in before
    again = simulate(tmp_path)
    assert again.stdout.startswith("4 visits of 2 simulated users, 4 of them played before")
    assert again.stdout.splitlines()[1:] == first.stdout.splitlines()[1:]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--strength", "0.5"], "strength is 0.5: use 0 to 0.45"),
        (["--base-rate", "0.1"], "base rate 0.1 and strength 0.2 make rates below 0 or above 1"),
        (["--users", "5000", "--days", "28"], "140000 visits: at most 50000"),
        (["--days", "29"], "29 is not in the range 1<=x<=28"),
        (["--tastes", "good"], "'good' is not one of 'agree', 'disagree', 'unrelated'"),
    ],
)
def test_wrong_options_are_one_sentence(
    tmp_path: Path, options: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each names what may be given, and nothing is made in the home."""
    called = simulate(tmp_path, *options)
    error = called.exception
    assert isinstance(error, Exception)
    if not hasattr(error, "format_message"):
        assert report_failure(error) == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
    else:
        said = error.format_message()
    assert says in said
    assert list(tmp_path.iterdir()) == []
