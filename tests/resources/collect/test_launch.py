"""What a launch pins where options are left out."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from core.benchmark.options import OptionError
from core.benchmark.records import JudgeConflict, judges_of
from core.benchmark.render import RenderError
from core.benchmark.spec import PINNED, Options, SpecMismatch
from core.judging.model_judges.ceiling import JudgeAnyway, used_anyway
from resources.catalog import KINDS, Layer
from resources.collect.judges import record_judges
from resources.collect.launch import draft, launch
from resources.lake.specs import read_records, read_spec


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


def test_a_judge_that_is_a_command_is_pinned_and_has_its_kind(bench: Any) -> None:
    """From the start and later, of the kind that its entry names; one of another name is a person."""
    folder = bench.layers[-1].folder / "judges"
    folder.mkdir(parents=True)
    for name in ("luna", "mira"):
        (folder / f"{name}.toml").write_text(f'kind = "agent"\ncommand = ["{name}"]\n')
    launch(bench, "tip-bench-first", Options(), ["luna", "solaris"], by_default=True)
    with pytest.raises(JudgeConflict, match="mira"):
        record_judges(bench, "tip-bench-first", ["mira=human"])
    record_judges(bench, "tip-bench-first", ["mira=agent"])
    kinds = {"luna": "agent", "mira": "agent", "solaris": "human"}
    assert judges_of(read_records(bench.home, "tip-bench-first")) == kinds


def test_judges_that_are_used_anyway_are_on_record(bench: Any) -> None:
    """Those of the catalog, once; without one it is refused, as a project's default it waits."""
    folder = bench.layers[-1].folder / "judges"
    folder.mkdir(parents=True)
    (folder / "luna.toml").write_text('kind = "agent"\ncommand = ["luna"]\n')
    with pytest.raises(OptionError, match="anyway is given and no judge of the catalog takes part"):
        launch(bench, "tip-bench-first", Options(anyway=True), ["solaris"], by_default=True)
    assert read_spec(bench.home, "tip-bench-first") is None
    bench = replace(bench, defaults=replace_options(bench.defaults, anyway=True))
    launch(bench, "tip-bench-first", Options(), ["solaris"], by_default=True)
    assert used_anyway(read_records(bench.home, "tip-bench-first")) == set()
    for _ in range(2):
        launch(bench, "tip-bench-first", Options(), ["luna"], by_default=True)
    records = [each for each in read_records(bench.home, "tip-bench-first") if isinstance(each, JudgeAnyway)]
    assert [each.judges for each in records] == [("luna",)]


def test_anchors_are_pinned_with_what_is_extended_alone(bench: Any) -> None:
    """The default waits for an experiment that extends; one that extends that takes its share; a pin holds."""
    bench = replace(bench, defaults=replace_options(bench.defaults, anchors=0.2))
    names = ("tip-bench-first", "tip-bench-second", "tip-bench-third")
    first = launch(bench, names[0], Options(prompts=("terse",)), ["anna"], by_default=True)
    assert b"anchors" not in msgspec.json.encode(first.options)
    assert launch(bench, names[1], Options(extends=names[0]), by_default=True).options.anchors == 0.2
    second = launch(bench, "tip-bench-other", Options(extends=names[0], anchors=0.5), by_default=True)
    assert second.options.anchors == 0.5
    assert launch(bench, names[2], Options(extends="tip-bench-other"), by_default=True).options.anchors == 0.5
    assert launch(bench, "tip-bench-other", Options(anchors=0.5), by_default=True) == second
    with pytest.raises(SpecMismatch, match=r"pinned with anchors=0.5, and anchors=0.2 differs"):
        launch(bench, "tip-bench-other", Options(anchors=0.2), by_default=True)


@pytest.mark.parametrize(
    ("options", "judges", "said"),
    [
        (Options(anchors=0.2), [], r"anchors is 0\.2 and nothing is extended: add extends=OLD"),
        (Options(anchors=0.2, extends="tip-bench-first"), ["ben"], r"no judge here can have scored.*add judges=anna,"),
        (Options(anchors=0.2, extends="tip-bench-first"), ["heuristics"], "no judge here can have scored"),
    ],
)
def test_anchors_in_vain_are_refused(bench: Any, options: Options, judges: list[str], said: str) -> None:
    """Where nothing is extended, or by judges who cannot have scored it, before anything is pinned."""
    launch(bench, "tip-bench-first", Options(prompts=("terse",)), ["anna", "heuristics"], by_default=True)
    with pytest.raises(OptionError, match=said):
        launch(bench, "tip-bench-second", options, judges, by_default=True)
    assert not bench.home.experiment("tip-bench-second").exists()


def test_a_default_asks_for_no_more_scenarios_than_there_are(bench: Any) -> None:
    """A number that a person gives is kept to, and refused where the catalog holds fewer."""
    many = replace(bench, defaults=replace_options(bench.defaults, n_scenarios=10_000))
    assert len(draft(many, "tip-bench-all", Options()).scenarios) == len(bench.catalog().scenarios)


def replace_options(options: Options, **changes: Any) -> Options:
    """The options with these changed."""
    return Options(**{**{name: getattr(options, name) for name in Options.__struct_fields__}, **changes})


PROMPT = '+++\nname = "own"\nversion = "1"\ndescription = "x"\nmode = "chat"\n+++\n## user\n{{ situation }} TEXT\n'


def _project(bench: Any, text: str) -> Any:
    """The bench over a project whose only scenarios are its own: one has a budget, two have not."""
    folder = bench.home.root / "own"
    for name, content in {
        "prompts/own.md": PROMPT.replace("TEXT", text),
        "scenarios/own.csv": "id,situation,budget\nbus,I miss the bus.,20 EUR\nbed,I sleep badly.,\nrent,It rose.,\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    packaged = replace(bench.layers[0], kinds=frozenset({"models", "rubrics"}))
    return replace(bench, layers=(packaged, Layer("own", folder, frozenset(KINDS))))


def test_a_field_that_some_scenarios_lack_is_refused_before_the_pin(bench: Any) -> None:
    """One sentence names the prompt, the field and all scenarios without it; nothing is pinned."""
    project = _project(bench, "Budget: {{ scenario.budget }}")
    said = r"prompt own@1 names scenario\.budget, which 2 of 3 scenarios lack \(bed, rent\): give it"
    with pytest.raises(RenderError, match=said):
        launch(project, "tip-bench-own", Options(), by_default=True)
    assert not bench.home.experiment("tip-bench-own").exists()


def test_scenarios_of_id_and_situation_are_benchmarked(bench: Any) -> None:
    """A prompt that asks whether there is a field is rendered for all of them."""
    project = _project(bench, "{% if scenario.budget %}Budget: {{ scenario.budget }}{% endif %}{{ context }}")
    spec = launch(project, "tip-bench-own", Options(), by_default=True)
    assert sorted(scenario.id for scenario in spec.scenarios) == ["bed", "bus", "rent"]
    assert {scenario.area for scenario in spec.scenarios} == {None}


def test_every_option_that_is_pinned_is_on_the_pin_as_it_was_given(bench: Any) -> None:
    """So that giving it again is no difference; an option that needs another experiment is left out here."""
    given = Options(
        models=("template",),
        prompts=("terse",),
        n_tips=2,
        n_scenarios=3,
        temperature=0.3,
        max_model_b=7.0,
        seed=5,
        rubric="tips",
        failures="excluded",
    )
    spec = launch(bench, "tip-bench-all", given, by_default=True)
    assert [name for name in PINNED if getattr(spec.options, name) is None] == ["extends", "anchors"]
    assert launch(bench, "tip-bench-all", given, by_default=True) == spec
