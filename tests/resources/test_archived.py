from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.records import ArchiveRecord
from core.spec import Options
from resources.adoption.adopt import adopt
from resources.adoption.store import AdoptOptions
from resources.catalog import KINDS, Layer
from resources.experiments import list_experiments
from resources.home import Home
from resources.house import House
from resources.lake.specs import Archived, add_records, pinned_spec
from resources.launch import launch, record_judges
from resources.rounds import offer
from resources.tracking import TrackerBeside
from wiring.cli import tipbench
from wiring.exit_codes import WRONG_INPUT, code_of
from wiring.settings import BUILT_IN

NAME = "tip-bench-kept"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with one pinned experiment, archived."""
    home = Home(tmp_path / "home")
    made = House(
        home=home,
        layers=(Layer("packaged", ROOT / "catalog", frozenset(KINDS)),),
        defaults=BUILT_IN,
        author="tester",
        now=lambda: "2026-01-01T00:00:00+00:00",
        tracker=TrackerBeside(home, None),
        show_progress=lambda _label, _total: nullcontext(lambda _done, _note: None),
    )
    launch(made, NAME, Options(models=("template",)), by_default=True)
    add_records(home, NAME, [ArchiveRecord("boss", "t")])
    return made


def test_an_archived_experiment_takes_no_launch_judge_file_or_adoption(house: House, tmp_path: Path) -> None:
    """Archived says what can still be done; the pin stays readable."""
    file = tmp_path / "scores.jsonl"
    file.write_text("{}\n")
    with pytest.raises(Archived, match="can be read"):
        launch(house, NAME, Options(), by_default=True)
    with pytest.raises(Archived):
        launch(house, NAME, Options(), by_default=False)
    with pytest.raises(Archived):
        record_judges(house, NAME, ["anna"])
    with pytest.raises(Archived):
        offer(house, pinned_spec(house.home, NAME), file, None)
    with pytest.raises(Archived):
        adopt(house, NAME, file, AdoptOptions(), None)


def test_lists_hide_it_unless_asked(house: House) -> None:
    """Nothing is deleted."""
    assert list_experiments(house.home) == []
    assert [row.name for row in list_experiments(house.home, archived=True)] == [NAME]


def test_the_command_line_says_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` ends with exit code 2; `experiments` lists it with --archived."""
    monkeypatch.setenv("TIPBENCH_HOME", str(house.home.root))
    run = CliRunner().invoke(tipbench, ["run", NAME])
    assert isinstance(run.exception, Archived)
    assert code_of(run.exception) == WRONG_INPUT
    for more in ([], ["--archived"]):
        listed = CliRunner().invoke(tipbench, ["experiments", *more, "--format", "json"])
        assert (NAME in listed.stdout) == bool(more)
