import subprocess
import sys
from pathlib import Path

from core.judging.answers import Rating
from resources.home import Home
from resources.judging.rounds.page_answers import ItemPlace, PageAnswerTable
from wiring.database import open_database
from wiring.page_answers import OptionalPageAnswers

ROOT = Path(__file__).parents[2]


def test_a_home_without_a_database_gets_none(tmp_path: Path) -> None:
    """Looking for answers makes no file and opens nothing."""
    answers = OptionalPageAnswers(Home(tmp_path), None)
    assert answers.unpublished() == {}
    assert answers.batches("tip-bench-x") == []
    answers.settle([], [])
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_comes_later_is_seen(tmp_path: Path) -> None:
    """The command line and the code server need not start again."""
    answers = OptionalPageAnswers(Home(tmp_path), None)
    assert answers.unpublished() == {}
    engine = open_database(Home(tmp_path), None)
    place, answer = ItemPlace("tip-bench-x", "r", "anna", "i"), Rating(item="i", rubric="t@1", unscorable="x")
    PageAnswerTable(engine, lambda: "2027-01-15T09:00:00+00:00").save(place, answer, "u")
    assert answers.unpublished()["tip-bench-x"].answers == 1
    batches = answers.batches("tip-bench-x")
    answers.settle([batch.id for batch in batches], [])
    assert answers.unpublished() == {}
    engine.dispose()


def test_the_command_line_loads_no_database_library() -> None:
    """Building the benchmark context and everything that scores pass through leaves SQLAlchemy and Alembic unloaded."""
    loaded = "{'sqlalchemy', 'alembic'} & set(sys.modules)"
    imports = "sys, wiring.bench_context, resources.judging.import_export, wiring.cli.read.listing"
    code = f"import {imports}; print({loaded})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.strip() == "set()"
