"""What is said of options, wherever they are given."""

import re

from api.root import admin_schema
from api.schema import print_schema
from assets.options import LaunchOptions
from core.benchmark.spec import OPTIONS, PINNED, Options
from services.gateway.rest.bench import BenchRun
from tipbench.keywords import OptionKeywords
from wiring.cli.benchmark.run import run_command


def test_every_option_says_what_it_does_and_within_which_range() -> None:
    """A number has both bounds, a choice its choices, and a sentence ends with one full stop."""
    assert list(OPTIONS) == list(Options.__struct_fields__)
    for info in OPTIONS.values():
        assert info.sentence.count(".") == 1
        assert info.sentence.endswith(".")
        assert (info.low is not None and info.high is not None) == (info.kind in {int, float}), info.name
    assert OPTIONS["n_tips"].sentence == "Tips for each cell and scenario, 1 to 1000."
    assert OPTIONS["failures"].choices == ("worst", "excluded")
    assert set(OPTIONS) - set(PINNED) == {"baseline", "max_cost"}


def test_an_option_is_spelled_once() -> None:
    """Command line, API, launchpad, REST and Python have every option of the record, in the record's words."""
    flags = {param.name: getattr(param, "help", None) for param in run_command.params}
    fields = LaunchOptions.model_fields
    schema = print_schema(admin_schema())
    given = re.sub(r"\s+", " ", schema[schema.index("input LaunchInput") :])
    for name, info in OPTIONS.items():
        assert flags[name] == fields[name].description == info.sentence
        assert info.sentence in given
        assert name in BenchRun.__struct_fields__
        assert name in OptionKeywords.__annotations__
