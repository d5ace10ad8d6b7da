"""Program judges of distributions that are installed where this process finds them."""

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.benchmark.records import JudgeConflict
from core.benchmark.spec import Options
from core.judging.judge_entry import JudgeEntry, entry_faults
from core.judging.programs import PROGRAMS, UNUSABLE, ProgramFailed, program_scores
from core.judging.rubric import Criterion, Rubric, Scale
from resources.bench_context import BenchContext
from resources.catalog.programs import register_programs
from resources.collect.launch import launch
from resources.lake.leaderboards import read_published
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain

NAME = "tip-bench-registered"
RUBRIC = Rubric("r", "1", Scale(1, 5), (Criterion("clear", "x"), Criterion("kind", "y")))
MODULE = """
def length(tip, scenario, rubric):
    scenario.clear()
    return {name: 1.0 + min(4, len(tip) // 20) for name in rubric.averaged_names}
def fails(tip, scenario, rubric):
    raise KeyError("mood")
def words(tip, scenario, rubric):
    return {"clear": "4", "kind": 4}
def half(tip, scenario, rubric):
    return {"clear": 4}
"""
Register = Callable[..., None]


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Register]:
    """Leaves what an installer leaves of a distribution, and registers; all of it ends with the test."""
    programs, unusable = dict(PROGRAMS), dict(UNUSABLE)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    def registered(*points: str, by: str = "judges_of_ours") -> None:
        info = tmp_path / "site" / f"{by}-1.0.dist-info"
        info.mkdir(parents=True)
        (info.parent / f"{by}.py").write_text(MODULE)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {by}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("\n".join(["[tipbench.judges]", *points]) + "\n")
        register_programs()

    yield registered
    PROGRAMS.clear()
    UNUSABLE.clear()
    PROGRAMS.update(programs)
    UNUSABLE.update(unusable)
    sys.modules.pop("judges_of_ours", None)


def test_a_function_of_an_installed_distribution_judges(
    bench: BenchContext, register: Register, tmp_path: Path
) -> None:
    """Of a wheel that pip installed: it scores every tip inside the run by its name, and is of kind program."""
    wheel = tmp_path / "by_length-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("by_length.py", MODULE)
        archive.writestr("by_length-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: by-length\nVersion: 1.0\n")
        archive.writestr(
            "by_length-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("by_length-1.0.dist-info/entry_points.txt", "[tipbench.judges]\nlength = by_length:length\n")
        archive.writestr("by_length-1.0.dist-info/RECORD", "")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile"]
    subprocess.run([*pip, "--target", str(tmp_path / "site"), str(wheel)], check=True)
    register()
    assert "by_length" not in sys.modules  # imported at the first tip
    spec = launch(bench, NAME, Options(prompts=("terse",), n_scenarios=2), ["length"], by_default=True)
    assert run_chain(StepContext(bench, "r"), spec, BENCHMARK).passed
    published = read_published(bench.home, NAME)
    assert published is not None
    assert [(row.judge_kind, row.n_scored) for row in published.rows] == [("program", 4)]
    assert all(scenario.data for scenario in spec.scenarios)


def test_its_name_is_a_program_s_and_no_entry_s(bench: BenchContext, register: Register) -> None:
    """Nobody else can be it, and the catalog has none of that name."""
    register("length = judges_of_ours:length")
    with pytest.raises(JudgeConflict, match="recorded as program and cannot become human"):
        launch(bench, NAME, Options(n_scenarios=1), ["length=human"], by_default=True)
    faults = entry_faults(JudgeEntry("length", "program", command=("x",)))
    assert [fault.message for fault in faults] == ["length is what another judge is called: give the file another name"]


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("fails", r"the program own failed on a tip: KeyError\('mood'\)"),
        ("gone", "the program own failed on a tip: AttributeError"),
        ("words", "the program own gave .*, which does not fit the rubric r@1"),
        ("half", "the program own gave .*, which does not fit the rubric r@1"),
    ],
)
def test_one_that_fails_publishes_nothing_and_is_named(register: Register, function: str, said: str) -> None:
    """Whether it raises, is not there, or gives something else than a number for each criterion."""
    register(f"own = judges_of_ours:{function}")
    with pytest.raises(ProgramFailed, match=said):
        program_scores("own", "A tip.", {}, RUBRIC)


def test_a_name_that_cannot_be_meant_is_refused(bench: BenchContext, register: Register) -> None:
    """Two distributions under one name, a name of another judge, and one that no judge can have."""
    register("length = judges_of_ours:length", "agent = judges_of_ours:length", "a b = judges_of_ours:length")
    register("length = others:length", "heuristics = others:length", by="others")
    for name, said in {
        "length": "judges_of_ours and others register the judge length, and only one can be meant",
        "agent": "judges_of_ours registers a judge called agent, which is another judge's name",
        "heuristics": "others registers a judge called heuristics",
    }.items():
        with pytest.raises(JudgeConflict, match=said):
            launch(bench, NAME, Options(n_scenarios=1), [name], by_default=True)
    assert "which no judge can be called" in UNUSABLE["a b"]
    assert PROGRAMS.keys() & {"length", "agent", "a b"} == set()
