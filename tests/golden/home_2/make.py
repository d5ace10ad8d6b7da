"""Makes the kept home of format 2 beside this file, with real processes that are killed half-way.

usage: python -m tests.golden.home_2.make

Later versions must read or migrate what it made, so it is run once for a format and not again.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from resources.home import Home
from tests.postgresql import programs, running
from tests.story.peers.golden_users import add_users
from tests.story.peers.model_server import ModelServer, model_server
from tests.story.peers.project import Project, make_project, make_used_home
from tests.story.peers.up import wait_for
from wiring.database import open_database

HERE = Path(__file__).resolve().parent
COPIED = ("home.json", "lake", "exports", "inbox", "tapes", "keys", "user-keys")
DESIGN = ["--prompts", "terse,coach", "--n-scenarios", "4", "--n-tips", "2", "--seed", "7"]
CATALOG = """
[endpoints.local]
base_url = "{url}"
concurrency = 1
timeout_s = 120

[[models]]
name = "plain"
provider = "openai"
endpoint = "local"
model = "plain"
price_in = 1.0
price_out = 2.0

[[models]]
name = "taped"
provider = "tape"
tape = "taped.jsonl"
source = "plain"
"""


def main() -> None:
    """Make everything in a temporary folder, then put it beside this file."""
    with tempfile.TemporaryDirectory() as folder, model_server() as server:
        root = Path(folder)
        (root / "used").mkdir()
        project = make_project(root, make_used_home(root / "used"), server.url)
        (project.folder / "catalog" / "models.toml").write_text(CATALOG.replace("{url}", server.url))
        project.environ["LOGNAME"] = "author"
        expected: dict[str, Any] = {}
        for name, model in (("tip-bench-half", "plain"), ("tip-bench-taped", "taped")):
            expected[name] = _killed(project, server, name, "--models", model, *DESIGN)
        expected["tip-bench-open"] = _open_export(project)
        home = Home(project.home)
        home.database.unlink()
        engine = open_database(home, None)
        expected["sqlite"] = add_users(home, engine)
        engine.dispose()
        with sa.create_engine(f"sqlite:///{home.database}").connect() as connection:
            lines = connection.connection.driver_connection.iterdump()  # type: ignore[union-attr]  # SQLite's own
            (HERE / "sqlite.sql").write_text("\n".join(lines) + "\n")
        expected["postgresql"] = _postgresql(home)
        shutil.rmtree(HERE / "home", ignore_errors=True)
        (HERE / "home").mkdir()
        for name in COPIED:
            if (project.home / name).is_dir():
                unfinished = shutil.ignore_patterns("*-shm", "*-wal")
                shutil.copytree(project.home / name, HERE / "home" / name, ignore=unfinished)
            elif (project.home / name).exists():
                shutil.copy(project.home / name, HERE / "home" / name)
        _forget_folder(Home(HERE / "home").exports("tip-bench-open", "anna") / "001", project.home)
        (signing_key,) = (HERE / "home" / "keys").glob("jwt-*.pem")
        expected["signing_key"] = {"name": signing_key.name, "body": "".join(signing_key.read_text().split("\n")[1:-2])}
        signing_key.unlink()
        (HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")


def _killed(project: Project, server: ModelServer, name: str, *options: str) -> dict[str, Any]:
    """Start a run whose tenth request gets no answer, and kill it there; the seeds that were answered."""
    server.requested.clear()
    server.held_from = 9
    process = project.start("run", name, *options)
    held: Callable[[], bool] = lambda: server.requested.total() >= 10  # noqa: E731 - the type of what is waited for
    wait_for(held, process, pause_s=0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    server.held_from = None
    answered = list(server.requested)[:9]
    return {"answered": sorted(answered), "all": 16}


def _open_export(project: Project) -> dict[str, Any]:
    """A whole experiment with an open export for anna, half of whose answers were taken."""
    project("run", "tip-bench-open", "--models", "template,plain", *DESIGN, "--judge", "anna")
    folder = project.export("tip-bench-open", "anna")
    rubric = json.loads((folder / "rubric.json").read_text())
    reference = json.loads((folder / "manifest.json").read_text())["rubric"]
    answers = []
    for number, line in enumerate((folder / "items.jsonl").read_text().splitlines()):
        values = {each["name"]: 1 + (number + place) % 5 for place, each in enumerate(rubric["criteria"])}
        answers.append(json.dumps({"item": json.loads(line)["item"], "rubric": reference, "scores": values}))
    half = len(answers) // 2
    first = project.folder / "first.jsonl"
    first.write_text("\n".join(answers[:half]) + "\n")
    project("import", "tip-bench-open", str(first))
    (HERE / "second.jsonl").write_text("\n".join(answers[half:]) + "\n")
    return {
        "tips": project("tips", "tip-bench-open", "--format", "json").json(),
        "leaderboard": project("leaderboard", "tip-bench-open", "--format", "json").json(),
    }


def _forget_folder(export: Path, home: Path) -> None:
    """Write the place of the temporary home as a name, and the hash of the file that named it."""
    instructions, manifest = export / "INSTRUCTIONS.md", export / "manifest.json"
    before = hashlib.sha256(instructions.read_bytes()).hexdigest()
    instructions.write_text(instructions.read_text().replace(str(home), "HOME"))
    after = hashlib.sha256(instructions.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(before, after))


def _postgresql(home: Home) -> dict[str, str]:
    """A dump of a database with the same users, made by pg_dump."""
    found = programs()
    if found is None:
        raise SystemExit("PostgreSQL is not installed")
    with running(found) as cluster, cluster.database() as name:
        engine = open_database(home, cluster.url(name))
        made = add_users(home, engine)
        engine.dispose()
        flags = ["--no-owner", "--no-privileges", "--inserts"]
        host = str(cluster.folder.parent)
        command: list[str | Path] = [found / "pg_dump", *flags, "-h", host, "-U", "postgres", name]
        dumped = subprocess.run(command, check=True, capture_output=True, text=True)
        (HERE / "postgresql.sql").write_text(dumped.stdout)
        return made


if __name__ == "__main__":
    main()
