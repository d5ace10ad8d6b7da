"""What `adopt`, `export` and `import` read and write: files of their own, and nothing through a link."""

import io
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from resources.home import Home
from resources.lake.candidates import candidates
from tests.whole_answers import whole_answer
from wiring.cli import run_command_line
from wiring.operations.chain import CommandChain

NAME = "tip-bench-files"
SECRET = "sk-canary-0123456789"
Command = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose home has adopted tips and a folder for anna."""
    folder = tmp_path_factory.mktemp("made")
    row = {"model": "one", "prompt": "p", "scenario_id": "s", "scenario": "x", "tip_index": 0, "text": "Walk."}
    (folder / "out.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        for command in (["adopt", NAME, "out.jsonl"], ["export", NAME, "--judge", "anna"]):
            assert _run(patch, folder, command) == 0
    return folder


def _run(patch: pytest.MonkeyPatch, folder: Path, words: Sequence[str]) -> int:
    """Run a command as its process would, without MLflow and Dagster."""
    patch.setenv("TIPBENCH_HOME", str(folder / "home"))
    patch.chdir(folder)
    patch.setattr(sys, "argv", ["tipbench", *words])
    patch.setattr(CommandChain, "finish", lambda _: None)
    return run_command_line()


@pytest.fixture
def tipbench(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Commands on a copy of that home, beside a secret and a pipe; each gives its exit code and standard error."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "secret").write_text(SECRET)
    os.mkfifo(tmp_path / "pipe")

    def run(*words: str) -> tuple[int, str]:
        return _run(monkeypatch, tmp_path, words), capsys.readouterr().err

    return run


def _folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "exports" / NAME / "anna" / "001"


def _answers(tmp_path: Path) -> bytes:
    (item,) = [json.loads(line)["item"] for line in (_folder(tmp_path) / "items.jsonl").read_text().splitlines()]
    rubric = json.loads((_folder(tmp_path) / "rubric.json").read_text())
    scores = whole_answer(rubric, 3)
    return json.dumps({"item": item, "rubric": f"{rubric['name']}@{rubric['version']}", "scores": scores}).encode()


def _texts(home: Path, name: str) -> list[str]:
    """Return the texts of an experiment's tips, which Parquet compresses."""
    texts: list[str] = candidates(Home(home), name).table(["text"])["text"].to_pylist()
    return texts


def _held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def test_no_command_waits_for_what_is_no_file(tipbench: Command, tmp_path: Path) -> None:
    """A pipe nobody writes to, a device without end and a socket's like are refused in one sentence, and at once."""
    for path, kind in (("pipe", "a pipe"), ("/dev/zero", "a device")):
        for command in (
            ("adopt", "tip-bench-new", path),
            ("adopt", "tip-bench-new", "out.jsonl", "--rubric", path),
            ("import", NAME, path),
            ("import", NAME, path, "--judge", "anna"),
        ):
            code, said = tipbench(*command)
            assert (code, said.count("\n")) == (2, 1), said
            assert f"{path} is {kind} and no file" in said
    (tmp_path / "catalog" / "prompts").mkdir(parents=True)
    (tmp_path / "tipbench.toml").touch()
    os.mkfifo(tmp_path / "catalog" / "prompts" / "mine.md")
    code, said = tipbench("catalog", "prompts")
    assert (code, "prompts/mine.md is a pipe and no file" in said) == (2, True), said
    (tmp_path / "tipbench.toml").unlink()
    os.mkfifo(tmp_path / "tipbench.toml")
    code, said = tipbench("--project", str(tmp_path), "experiments")
    assert (code, "tipbench.toml is a pipe and no file" in said) == (2, True), said


def test_a_link_in_a_judges_folder_is_not_imported(tipbench: Command, tmp_path: Path) -> None:
    """Where a judge put a link to somebody's secret the import is refused, and no copy of the secret is kept."""
    (_folder(tmp_path) / "scores.jsonl").symlink_to(tmp_path / "secret")
    for more in ((), ("--judge", "anna")):
        code, said = tipbench("import", NAME, str(_folder(tmp_path) / "scores.jsonl"), *more)
        assert (code, said.count("\n")) == (2, 1), said
        assert "scores.jsonl is a link: below the home only files of its own are read" in said
    assert SECRET.encode() not in _held(tmp_path / "home")
    (_folder(tmp_path) / "items.jsonl").unlink()
    (_folder(tmp_path) / "items.jsonl").symlink_to("/dev/zero")  # what it was given is looked at before the next export
    assert tipbench("export", NAME, "--judge", "anna")[0] == 0
    assert (_folder(tmp_path).with_name("002") / "items.jsonl").is_file()


def test_a_persons_link_is_followed_and_the_copy_is_private(tipbench: Command, tmp_path: Path) -> None:
    """A link outside of the home is a person's own; what is kept of it is the owner's alone."""
    (tmp_path / "answers").write_bytes(_answers(tmp_path))
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "answers")
    assert tipbench("import", NAME, "link.jsonl") == (0, "")
    (stored,) = (tmp_path / "home" / "inbox" / NAME / "imported").iterdir()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600


def test_standard_input_is_taken(tipbench: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is answers that a program writes, or outputs."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(_answers(tmp_path))))
    assert tipbench("import", NAME, "-") == (0, "")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((tmp_path / "out.jsonl").read_bytes())))
    assert tipbench("adopt", "tip-bench-piped", "-")[0] == 0
    assert (tmp_path / "home" / "lake" / "tip-bench-piped" / "spec.json").is_file()


@pytest.mark.parametrize("place", ["exports", f"exports/{NAME}", f"exports/{NAME}/bob", f"inbox/{NAME}", "lake"])
def test_nothing_is_written_through_a_link(tipbench: Command, tmp_path: Path, place: str) -> None:
    """A linked folder on the way ends the command with one sentence; what it points to stays empty."""
    (tmp_path / "outside").mkdir()
    at = tmp_path / "home" / place
    if at.exists():
        at.rename(tmp_path / "moved")
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(tmp_path / "outside")
    answers = tmp_path / "answers.jsonl"
    answers.write_text("{}")
    command = ("import", NAME, str(answers)) if "inbox" in place else ("export", NAME, "--judge", "bob")
    code, said = tipbench(*command)
    assert (code, said.count("\n")) == (2, 1), said
    assert f"{at} is a link" in said
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_report_is_copied_to_a_file_and_nothing_else(tipbench: Command, tmp_path: Path) -> None:
    """Over a link or into a pipe nothing is written; a file is replaced, with the modes of the user's own mask."""
    (tmp_path / "link.html").symlink_to(tmp_path / "secret")
    for name in ("link.html", "pipe"):
        code, said = tipbench("report", NAME, "--output", name)
        assert (code, f"{name} is there and no regular file" in said) == (2, True), said
    assert (tmp_path / "secret").read_text() == SECRET
    before = os.umask(0o022)
    try:
        assert tipbench("report", NAME, "--output", "report.html")[0] == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.html").stat().st_mode) == 0o644


MODELS = """
[endpoints.far]
base_url = "http://127.0.0.1:9/v1"
key_env = "FAR_KEY"

[[models]]
name = "far"
provider = "openai"
endpoint = "far"
model = "m"
"""


def test_no_file_brings_a_key_into_the_home(tipbench: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adopted, imported and dropped files that hold the key of an endpoint are taken without it."""
    (tmp_path / "tipbench.toml").touch()
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "models.toml").write_text(MODELS)
    monkeypatch.setenv("FAR_KEY", SECRET)
    row = json.loads((tmp_path / "out.jsonl").read_text())
    (tmp_path / "leaky.jsonl").write_text(json.dumps({**row, "text": f"Walk, {SECRET}.", "scenario": SECRET}) + "\n")
    assert tipbench("adopt", "tip-bench-leaky", "leaky.jsonl")[0] == 0
    answer = {**json.loads(_answers(tmp_path)), "comment": f"mine is {SECRET}"}
    (tmp_path / "answers.jsonl").write_text(json.dumps(answer))
    assert tipbench("import", NAME, "answers.jsonl") == (0, "")
    assert tipbench("import", NAME, "answers.jsonl") == (0, "")
    inbox = tmp_path / "home" / "inbox" / NAME
    assert len(list((inbox / "imported").iterdir())) == 1
    (inbox / "dropped.jsonl").write_text(json.dumps({**answer, "item": SECRET}))
    (tmp_path / "other.jsonl").write_text(json.dumps({**answer, "comment": "none"}))
    assert tipbench("import", NAME, "other.jsonl")[0] == 0
    assert (inbox / "rejected" / "dropped.jsonl").is_file()
    assert SECRET.encode() not in _held(tmp_path / "home")
    tips = _texts(tmp_path / "home", "tip-bench-leaky")
    assert tips == ["Walk, …."]
