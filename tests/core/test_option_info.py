"""What is said of options, wherever they are given."""

import re
from pathlib import Path

from api.root import admin_schema
from api.schema import print_schema
from assets.options import LaunchOptions
from core.benchmark.spec import BUILT_IN, OPTIONS, PINNED, Options
from services.gateway.rest.bench import ROUTES, BenchRun
from services.gateway.rest.openapi import document
from tests.structure.sources import ROOT
from tipbench.keywords import OptionKeywords
from wiring.cli.benchmark.run import run_command
from wiring.cli.project_files import TIPBENCH_TOML
from wiring.settings import read_project_file


def test_uncommented_defaults_of_a_new_project_are_the_built_in_ones(tmp_path: Path) -> None:
    """Each line with a value is TOML and says what holds without it."""
    lines = [re.sub(r"^# (\w+ = )", r"\1", line) for line in TIPBENCH_TOML.splitlines()]
    file = tmp_path / "tipbench.toml"
    file.write_text("\n".join(lines[: lines.index("[checks]")]) + "\n")
    assert read_project_file(file).defaults == BUILT_IN


def test_every_option_says_what_it_does_and_within_which_range() -> None:
    """A number has both bounds, a choice its choices, and a sentence ends with one full stop."""
    assert list(OPTIONS) == list(Options.__struct_fields__)
    for info in OPTIONS.values():
        assert info.sentence.count(".") == 1
        assert info.sentence.endswith(".")
        assert (info.low is not None and info.high is not None) == (info.kind in {int, float}), info.name
    assert OPTIONS["n_tips"].sentence == "Tips for each cell and scenario, 1 to 1000."
    assert OPTIONS["failures"].choices == ("worst", "excluded")
    assert set(OPTIONS) - set(PINNED) == {"baseline", "max_cost", "max_judge_cost", "anyway"}


def test_an_option_is_spelled_once() -> None:
    """Every place in which options are given has all of the record's, in the record's words with their range."""
    flags = {param.name: getattr(param, "help", None) for param in run_command.params}
    fields = LaunchOptions.model_fields
    schema = print_schema(admin_schema())
    body = document([spec for spec in ROUTES if spec.body is BenchRun], {})["components"]["schemas"]["BenchRun"][
        "properties"
    ]
    readme = (ROOT / "README.md").read_text("utf-8")
    given = re.sub(r"\s+", " ", schema[schema.index("input LaunchInput") :])
    for name, info in OPTIONS.items():
        assert flags[name] == fields[name].description == info.sentence
        assert info.sentence in given
        assert body[name]["description"] == info.sentence
        assert name in OptionKeywords.__annotations__
        assert f"# {info.sentence}\n# {name} " in TIPBENCH_TOML
        assert f"| `{name}` | {info.default} |" in readme
        assert f" | {info.sentence} |" in readme
