from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.benchmark.records import ArchiveRecord
from core.benchmark.spec import BUILT_IN, Options
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.catalog import KINDS, Layer
from resources.collect.judges import record_judges
from resources.collect.launch import launch
from resources.home import Home
from resources.judging.receiving.offers import offer
from resources.lake.experiments import list_experiments
from resources.lake.specs import Archived, add_records, pinned_spec
from resources.tracking import SubprocessTracker
from wiring.cli import tipbench
from wiring.exit_codes import WRONG_INPUT, code_of

NAME = "tip-bench-kept"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def bench(tmp_path: Path) -> BenchContext:
    """A context with one pinned experiment, archived."""
    home = Home(tmp_path / "home")
    made = BenchContext(
        home=home,
        layers=(Layer("packaged", ROOT / "catalog", frozenset(KINDS)),),
        defaults=BUILT_IN,
        author="tester",
        now=lambda: "2026-01-01T00:00:00+00:00",
        tracker=SubprocessTracker(home, None),
        show_progress=lambda _label, _total: nullcontext(lambda _progress: None),
    )
    launch(made, NAME, Options(models=("template",)), by_default=True)
    add_records(home, NAME, [ArchiveRecord("boss", "t")])
    return made


def test_an_archived_experiment_takes_no_launch_judge_file_or_adoption(bench: BenchContext, tmp_path: Path) -> None:
    """Archived says what can still be done; the pin stays readable."""
    file = tmp_path / "scores.jsonl"
    file.write_text("{}\n")
    with pytest.raises(Archived, match="can be read"):
        launch(bench, NAME, Options(), by_default=True)
    with pytest.raises(Archived):
        launch(bench, NAME, Options(), by_default=False)
    with pytest.raises(Archived):
        record_judges(bench, NAME, ["anna"])
    with pytest.raises(Archived):
        offer(bench, pinned_spec(bench.home, NAME), file, None)
    with pytest.raises(Archived):
        adopt(bench, NAME, [file], AdoptOptions(), None)


def test_lists_hide_it_unless_asked(bench: BenchContext) -> None:
    """Nothing is deleted."""
    assert list_experiments(bench.home) == []
    assert [row.name for row in list_experiments(bench.home, archived=True)] == [NAME]


def test_the_command_line_says_so(bench: BenchContext, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` ends with exit code 2; `experiments` lists it with --archived."""
    monkeypatch.setenv("TIPBENCH_HOME", str(bench.home.root))
    run = CliRunner().invoke(tipbench, ["run", NAME])
    assert isinstance(run.exception, Archived)
    assert code_of(run.exception) == WRONG_INPUT
    for more in ([], ["--archived"]):
        listed = CliRunner().invoke(tipbench, ["experiments", *more, "--format", "json"])
        assert (NAME in listed.stdout) == bool(more)
