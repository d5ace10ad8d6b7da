"""What a launch pins where options are left out."""

from dataclasses import replace
from typing import Any

from core.benchmark.records import judges_of
from core.benchmark.spec import Options
from resources.collect.launch import draft, launch
from resources.lake.specs import read_records


def test_what_is_extended_gives_what_is_left_out(bench: Any) -> None:
    """Every pinned option and the judges; what is given is another one's own."""
    first = launch(
        bench,
        "tip-bench-first",
        Options(prompts=("terse",), n_tips=3, n_scenarios=4, temperature=0.2, seed=5, failures="excluded"),
        ["anna", "ben=agent"],
        by_default=True,
    )
    second = launch(
        bench, "tip-bench-second", Options(extends="tip-bench-first", prompts=("terse", "coach")), by_default=True
    )
    assert (second.n_tips, second.temperature, second.seed, second.failures) == (3, 0.2, 5, "excluded")
    assert second.scenarios == first.scenarios
    assert second.rubric == first.rubric
    assert [prompt.name for prompt in second.prompts] == ["terse", "coach"]
    assert judges_of(read_records(bench.home, "tip-bench-second")) == {"anna": "human", "ben": "agent"}


def test_a_default_asks_for_no_more_scenarios_than_there_are(bench: Any) -> None:
    """A number that a person gives is kept to, and refused where the catalog holds fewer."""
    many = replace(bench, defaults=replace_options(bench.defaults, n_scenarios=10_000))
    assert len(draft(many, "tip-bench-all", Options()).scenarios) == len(bench.catalog().scenarios)


def replace_options(options: Options, **changes: Any) -> Options:
    """The options with these changed."""
    return Options(**{**{name: getattr(options, name) for name in Options.__struct_fields__}, **changes})
