"""What is opened of what people name, and what is not; nothing here may hang."""

import ast
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.regular_files import (
    FileTooLarge,
    LinkedFolder,
    NotAFile,
    held_folder,
    link_below,
    open_regular,
    read_regular,
    refuse_linked_folder,
    refuse_links,
)
from tests.structure.sources import named, sources, tree_of

FIELD = ("file",)
READERS = ("resources/adoption/", "resources/catalog/", "resources/judging/", "wiring/cli/", "wiring/settings.py")
"""Where files are read that people name, drop or could change."""
PACKAGED = "files('resources.judging').joinpath('INSTRUCTIONS.md').read_text"
OWN = {
    ("resources/adoption/adopt.py", "bench.on_record(name).open"): "an experiment, and no file",
    ("resources/judging/trials/judge_trials.py", "bench.on_record(name).open"): "an experiment, and no file",
    ("resources/judging/export_files.py", PACKAGED): "comes with the program",
    ("resources/judging/receiving/offers.py", "bench.on_record(spec.experiment).open"): "an experiment, and no file",
    ("wiring/cli/__init__.py", "os.open"): "the null device, to write",
    ("wiring/cli/benchmark/baseline.py", "bench.on_record(name).open"): "an experiment, and no file",
}
READS = {"read_text", "read_bytes", "open", "fdopen"}


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    """A folder, a pipe that nobody writes to, a device that never ends and a socket, each in one sentence."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "socket"))
        for path, kind in [
            (tmp_path, "a folder"),
            (tmp_path / "pipe", "a pipe"),
            (Path("/dev/zero"), "a device"),
            (tmp_path / "socket", "a socket"),
        ]:
            with pytest.raises(NotAFile) as raised:
                open_regular(path, FIELD)
            assert str(raised.value).startswith(f"{path} is {kind} and no file")
            assert raised.value.path == FIELD


def test_a_file_is_read_to_its_limit(tmp_path: Path) -> None:
    """Exactly the limit passes, a byte more does not, and a file that claims to be huge is not read."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_regular(path, 5, FIELD) == b"12345"
    with pytest.raises(FileTooLarge, match="is larger than 0 KB"):
        read_regular(path, 4, FIELD)
    os.truncate(path, 1 << 40)
    with pytest.raises(FileTooLarge, match="is larger than 1 MB"):
        read_regular(path, 1 << 20, FIELD)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that is a link, with a secret beside it."""
    (tmp_path / "real" / "exports" / "anna").mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "real")
    (tmp_path / "secret").write_text("sk-canary")
    return tmp_path / "home"


@pytest.mark.parametrize("named_as", ["home", "real"])
def test_below_a_home_no_link_is_followed(home: Path, named_as: str) -> None:
    """Neither a linked file nor one behind a linked folder, by either name of the home; the home itself may be one."""
    below = home.with_name(named_as) / "exports"
    (below / "anna" / "scores.jsonl").symlink_to(home.with_name("secret"))
    (below / "bob").symlink_to(home.parent)
    for path in (below / "anna" / "scores.jsonl", below / "bob" / "secret"):
        assert path.read_text() == "sk-canary"
        with pytest.raises(NotAFile, match="is a link"):
            read_regular(path, 100, FIELD, root=home)
        with pytest.raises(LinkedFolder, match="only the home itself may be one"):
            refuse_links(home, path)
    (below / "anna" / "own.jsonl").write_text("{}")
    assert read_regular(below / "anna" / "own.jsonl", 100, FIELD, root=home) == b"{}"
    assert refuse_links(home, below / "anna" / "own.jsonl")
    assert link_below(home, home.parent / "secret") is None


def test_a_link_elsewhere_is_followed_unless_it_is_not_to_be(home: Path) -> None:
    """People name links to files of theirs; where the program reads what it wrote there is none."""
    link = home.parent / "link"
    link.symlink_to(home.parent / "secret")
    assert read_regular(link, 100, FIELD, root=home) == b"sk-canary"
    with pytest.raises(NotAFile, match="is a link and no file"):
        read_regular(link, 100, FIELD, links=False)
    (home.parent / "through").symlink_to(home / "exports" / "anna")
    (home / "exports" / "anna" / "linked").symlink_to(home.parent / "secret")
    with pytest.raises(NotAFile, match="is a link and no file"):
        read_regular(home.parent / "through" / "linked", 100, FIELD, root=home)
    with pytest.raises(LinkedFolder, match="nothing is written through one"):
        refuse_linked_folder(home.parent / "through")


def test_a_folder_that_is_held_is_written_into_whatever_takes_its_place(home: Path) -> None:
    """A link that is put there after the look leads nowhere; before it, nothing is written."""
    folder, elsewhere = home / "exports" / "anna", home.parent / "elsewhere"
    elsewhere.mkdir()
    with held_folder(folder) as held:
        folder.rename(folder.with_name("moved"))
        folder.symlink_to(elsewhere)
        (held / "scores.jsonl").write_text("{}")
    assert [path.name for path in folder.with_name("moved").iterdir()] == ["scores.jsonl"]
    assert list(elsewhere.iterdir()) == []
    with pytest.raises(LinkedFolder, match="nothing is written through one"), held_folder(folder):
        pass
    with pytest.raises(FileNotFoundError), held_folder(home / "missing"):
        pass


def test_where_the_system_shows_no_open_files_the_path_is_the_folders_own(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look is all that there is then."""
    monkeypatch.setattr("kit.regular_files.OPEN_FILES", home / "missing")
    with held_folder(home / "exports") as held:
        assert held == home / "exports"


def _reads(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of every call that opens a file to read it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        mode = next((each.value for each in node.args[:2] if isinstance(each, ast.Constant)), "r")
        writes = called.endswith("open") and any(sign in str(mode) for sign in "wxa")
        if called.rpartition(".")[2] in READS and not writes:
            yield node.lineno, called


def test_files_of_people_are_opened_in_one_place() -> None:
    """Where they are read nothing else opens a file, but what the program wrote or brought itself."""
    found = {
        (named(path), called): line
        for path in sources()
        if named(path).startswith(READERS)
        for line, called in _reads(tree_of(path))
    }
    assert found.keys() == OWN.keys(), found
