"""`tipbench run` at the command line."""

import re

from click.testing import CliRunner

from wiring.cli import tipbench


def test_the_help_shows_its_example_as_one_line() -> None:
    """The example stands on a line of its own, and no mark of the formatter is seen."""
    said = CliRunner().invoke(tipbench, ["run", "--help"]).output
    assert re.search(r"^ *tipbench run tip-bench-first --models \S+ --n-scenarios 10$", said, re.MULTILINE)
    assert "\\b" not in said
    assert "\b" not in said
