import resource
import signal
from pathlib import Path

import pytest

from kit.regular_files import LinkedFolder
from resources.storage.files import append_line, create_exclusively, replacing, sha256_file, write_whole


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    """Whoever reads sees the old bytes or the new ones, and no temporary file stays."""
    path = tmp_path / "file"
    write_whole(path, b"old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_link_put_in_the_folders_place_meanwhile_leads_nowhere(tmp_path: Path) -> None:
    """The file appears in the folder that was looked at."""
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with replacing(folder / "file") as temporary:
        temporary.write_bytes(b"{}")
        folder.rename(tmp_path / "moved")
        folder.symlink_to(elsewhere)
    assert (tmp_path / "moved" / "file").read_bytes() == b"{}"
    assert list(elsewhere.iterdir()) == []


def test_the_first_writer_wins(tmp_path: Path) -> None:
    """A second exclusive creation changes nothing and says so."""
    path = tmp_path / "deep" / "pin"
    assert create_exclusively(path, b"first")
    assert not create_exclusively(path, b"second")
    assert path.read_bytes() == b"first"
    assert [entry.name for entry in path.parent.iterdir()] == ["pin"]


def test_lines_are_appended_whole(tmp_path: Path) -> None:
    """Each record is one JSON line."""
    path = tmp_path / "records"
    append_line(path, {"a": 1})
    append_line(path, {"b": 2})
    assert path.read_bytes() == b'{"a":1}\n{"b":2}\n'


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    """SHA-256 of the empty file is the known one."""
    (tmp_path / "empty").touch()
    assert sha256_file(tmp_path / "empty").startswith("e3b0c44298fc1c149afbf4c8996fb924")


def test_a_torn_last_line_is_cut_off_before_the_next(tmp_path: Path) -> None:
    """Half a line, as a full disk or a lost host leaves it, does not spoil the line that follows."""
    path = tmp_path / "records.jsonl"
    append_line(path, {"n": 1})
    with path.open("ab") as file:
        file.write(b'{"n": 2, "half')
    append_line(path, {"n": 3})
    assert path.read_bytes() == b'{"n":1}\n{"n":3}\n'


def test_a_line_that_does_not_fit_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """A short write, here at the process's limit of a file's size, is an error and no half line."""
    path = tmp_path / "records.jsonl"
    append_line(path, {"n": 1})
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            append_line(path, {"n": "x" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == b'{"n":1}\n'


def test_a_line_goes_into_a_folder_that_is_made_and_through_no_link(tmp_path: Path) -> None:
    """As whole files do."""
    append_line(tmp_path / "new" / "lines.jsonl", {"n": 1})
    assert (tmp_path / "new" / "lines.jsonl").read_bytes() == b'{"n":1}\n'
    (tmp_path / "link").symlink_to(tmp_path / "new")
    with pytest.raises(LinkedFolder):
        append_line(tmp_path / "link" / "lines.jsonl", {"n": 2})
    assert (tmp_path / "new" / "lines.jsonl").read_bytes() == b'{"n":1}\n'
