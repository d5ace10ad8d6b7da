"""A project with a home of its own, and the command line as people call it."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import wiring.bench_context
import wiring.operations.chain
from kit.private_files import private_files
from resources.dagster.recorder import record_home
from resources.home import Home
from resources.tracking import MlflowTracker
from wiring.cli import run_command_line
from wiring.database import open_database

CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
MODELS = """
[endpoints.local]
base_url = "{url}"
concurrency = 8
max_attempts = 2
timeout_s = 120

[[models]]
name = "plain"
provider = "openai"
endpoint = "local"
model = "plain"
price_in = 1.0
price_out = 2.0

[[models]]
name = "picky"
provider = "openai"
endpoint = "local"
model = "picky"

[[models]]
name = "silent"
provider = "openai"
endpoint = "local"
model = "silent"
price_in = 1.0
price_out = 2.0

[[models]]
name = "refusing"
provider = "openai"
endpoint = "local"
model = "refusing"

[endpoints.guarded]
base_url = "{url}"
key_env = "GUARDED_KEY"

[[models]]
name = "guarded"
provider = "openai"
endpoint = "guarded"
model = "plain"

[[models]]
name = "large-local"
provider = "openai"
endpoint = "local"
model = "plain"
local = true
parameters_b = 70

[[models]]
name = "unsized-local"
provider = "openai"
endpoint = "local"
model = "plain"
local = true
"""


@dataclass
class Result:
    """What a command said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as JSON, alone."""
        return json.loads(self.out)


@contextmanager
def recorded_here() -> Iterator[None]:
    """Let commands record in Dagster and MLflow in this process, which imports them once, and not in one of theirs.

    Each such process takes seconds to import them. What `start` starts has its own, as in earnest, and so has a project
    that says `own_processes`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring.operations.chain, "start_recorder", record_home)
        patch.setattr(wiring.bench_context, "SubprocessTracker", MlflowTracker)
        yield


@dataclass
class Project:
    """A project folder with its home; calling it runs `tipbench` as its process would, in this one."""

    folder: Path
    home: Path
    environ: dict[str, str]
    own_processes: bool = False

    def __call__(self, *arguments: str, code: int | None = 0, **environ: str) -> Result:
        """Run a command in this process and hold it to its exit code; None lets any pass."""
        out, err = io.StringIO(), io.StringIO()
        before, folder, argv = dict(os.environ), Path.cwd(), sys.argv
        try:
            os.environ.clear()
            os.environ.update({**self.environ, **environ})
            os.chdir(self.folder)
            sys.argv = ["tipbench", *arguments]
            recording = nullcontext() if self.own_processes else recorded_here()
            with redirect_stdout(out), redirect_stderr(err), recording:
                found = run_command_line()
        finally:
            sys.argv = argv
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
        said = f"{arguments}: {found}\n{out.getvalue()}\n{err.getvalue()}"
        assert code is None or found == code, said
        return Result(found, out.getvalue(), err.getvalue())

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*CLI, *arguments],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def export(self, name: str, judge: str, number: int = 1) -> Path:
        """A judge's export folder."""
        return self.home / "exports" / name / judge / f"{number:03d}"


def make_project(root: Path, used_home: Path, models_url: str) -> Project:
    """A project whose models answer from a server, on a copy of a home."""
    folder, home = root / "project", root / "home"
    (folder / "catalog").mkdir(parents=True)
    (folder / "tipbench.toml").write_text("")
    (folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", models_url))
    shutil.copytree(used_home, home)
    return Project(folder, home, home_environ(home))


def make_used_home(root: Path) -> Path:
    """A home in which everything exists that the first command, or the first start of the server, makes."""
    home = root / "home"
    project = Project(root, home, home_environ(home))
    project("run", "tip-bench-warm", "--models", "template", "--prompts", "terse", "--n-scenarios", "1")
    with private_files():
        open_database(Home(home), None).dispose()
    for part in ("lake", "exports", "keys"):
        shutil.rmtree(home / part, ignore_errors=True)
    return home


def home_environ(home: Path) -> dict[str, str]:
    """The environment of commands on a home, without what the caller's own says of one."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TIPBENCH", "MLFLOW"))}
    return {**environ, "TIPBENCH_HOME": str(home)}
