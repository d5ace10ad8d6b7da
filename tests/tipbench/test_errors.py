"""Sentences of the command line, as the Python interface says them."""

import pytest

import tipbench
from tipbench.errors import in_python


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("give it with --rubric FILE", "give it with rubric=FILE"),
        ("no column text; name it with --map THEIRS=text", 'no column text; name it with map={"THEIRS": "text"}'),
        ("or --without-scores to take the texts alone", "or without_scores=True to take the texts alone"),
        ("more than 9 rows: --max-rows takes more", "more than 9 rows: max_rows takes more"),
        ("accept the failures with --accept-failures", "accept the failures with accept_failures=True"),
        ("start another with --extends tip-bench-a", "start another with extends=tip-bench-a"),
        ("for example: tipbench run tip-bench-a", 'for example: bench.run("tip-bench-a")'),
        ("; --project names another project folder", "; project names another project folder"),
        ("so tipbench delete tip-bench-a frees its name", "so tipbench delete tip-bench-a frees its name"),
        ("your file holds --nothing of ours", "your file holds --nothing of ours"),
    ],
)
def test_a_sentence_names_keywords_and_methods(said: str, shown: str) -> None:
    """Of what the interface has; a command without a method, and words that are none of ours, stay."""
    assert in_python(said) == shown
    assert str(tipbench.Error(said, 2)) == shown
    assert in_python(shown) == shown


def test_an_error_has_its_code() -> None:
    """It is the one of the command."""
    assert tipbench.Error("no", 3).exit_code == 3
