"""What only files do: other processes, kills, full disks, links, half lines."""

import os
import resource
import signal
from pathlib import Path

import pytest

from contracts.storage import Storage
from kit.regular_files import LinkedFolder, NotAFile
from resources.storage.local import local_storage
from resources.storage.local_blobs import SETTLED_NS, LocalBlobs
from resources.storage.local_files import LocalFiles
from tests.deadline import DEADLINE_S
from tests.resources.storage.local_writers import KEY, LEASE, start, value


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """Empty stores on files."""
    return local_storage(tmp_path)


def test_of_many_processes_one_is_first(tmp_path: Path, storage: Storage) -> None:
    """In each of a hundred rounds; what is there is what the winner put."""
    writers = {mine: start(tmp_path, "claim", mine) for mine in "abcd"}
    for writer in writers.values():
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers.values():
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    won = {mine: writer.communicate(timeout=DEADLINE_S)[0].strip().split(",") for mine, writer in writers.items()}
    assert sorted(int(number) for numbers in won.values() for number in numbers if number) == list(range(100))
    for mine, numbers in won.items():
        assert {storage.blobs.get(f"round/{number}") for number in numbers if number} <= {mine.encode()}


def test_a_killed_writer_leaves_a_whole_value(tmp_path: Path, storage: Storage) -> None:
    """The old one or the new one, and nothing else that a list shows."""
    for mine in "abcde":
        writer = start(tmp_path, "put", mine)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writes\n"
        writer.kill()
        writer.communicate(timeout=DEADLINE_S)
        assert storage.blobs.get(KEY) == value(mine)
        assert storage.blobs.list("lake") == ["value"]


def test_a_killed_writer_loses_no_line_that_it_appended(tmp_path: Path, storage: Storage) -> None:
    """Its lease is free at once, and the next writer's number is higher."""
    said, numbers = [], []
    for mine in "abc":
        writer = start(tmp_path, "append", mine)
        assert writer.stdout is not None
        said += [f"{mine}{writer.stdout.readline().strip()}".encode() for _ in range(20)]
        writer.kill()
        writer.communicate(timeout=DEADLINE_S)
        with storage.leases.hold(LEASE, purpose="next", now="now") as fence:
            numbers.append(fence.number)
    with storage.logs.read(KEY) as reader:
        assert set(said) <= {line for _, line in reader.lines()}
    assert numbers == [2, 4, 6]


def test_half_a_line_is_left_out_and_cut_off(storage: Storage, tmp_path: Path) -> None:
    """Readers do not see it, the next writer removes it."""
    with storage.logs.open("log") as log:
        log.append(b"whole")
    with (tmp_path / "log").open("ab") as file:
        file.write(b"half")
    with storage.logs.read("log") as reader:
        assert list(reader.lines()) == [(0, b"whole")]
        with pytest.raises(LookupError):
            reader.line_at(6)
    with storage.logs.open("log") as log:
        assert log.append(b"next") == 6
    assert storage.blobs.get("log") == b"whole\nnext\n"


def test_a_line_that_does_not_fit_leaves_the_log_as_it_was(storage: Storage) -> None:
    """Here at the process's limit of a file's size; the log goes on."""
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with storage.logs.open("log") as log:
        log.append(b"one")
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
        try:
            with pytest.raises(OSError, match="No space left"):
                log.append(b"x" * 100)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        assert log.append(b"two") == 4
    assert storage.blobs.get("log") == b"one\ntwo\n"


def test_a_line_that_does_not_fit_takes_no_line_of_another_writer_along(storage: Storage) -> None:
    """What was appended over a second handle, as records are, stays when the first one has no space."""
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with storage.logs.open("records.jsonl") as log, storage.logs.open("records.jsonl") as other:
            log.append(b"mine")
            other.append(b"theirs")
            resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))
            with pytest.raises(OSError, match="No space left"):
                log.append(b"x" * 30)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [line for _, line in storage.logs.read("records.jsonl").lines()] == [b"mine", b"theirs"]


def test_nothing_is_read_or_written_through_a_link(storage: Storage, tmp_path: Path) -> None:
    """Neither a folder on the way nor the file itself; the root may be one."""
    outside = tmp_path.parent / "outside"
    outside.mkdir()
    (outside / "file").write_bytes(b"secret")
    (tmp_path / "folder").symlink_to(outside)
    (tmp_path / "file").symlink_to(outside / "file")
    for key in ("folder/file", "file", "folder"):
        for call in (storage.blobs.get, storage.blobs.tag, storage.blobs.list, storage.logs.read, storage.logs.open):
            with pytest.raises(LinkedFolder, match="is a link"):
                call(key)
        with pytest.raises(LinkedFolder):
            storage.blobs.tags([key])
        with pytest.raises(LinkedFolder):
            storage.blobs.sizes([key])
        with pytest.raises(LinkedFolder):
            storage.blobs.put(key, b"")
    (tmp_path.parent / "root").symlink_to(tmp_path)
    linked = local_storage(tmp_path.parent / "root")
    linked.blobs.put("a", b"1")
    assert storage.blobs.get("a") == b"1"


def test_a_pipe_is_no_value(storage: Storage, tmp_path: Path) -> None:
    """It is not waited for."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotAFile):
        storage.blobs.get("pipe")


def test_a_settled_file_is_hashed_once(tmp_path: Path) -> None:
    """Its tag is remembered while its times stay; one that just changed is read again each time."""
    now = [0]
    blobs = LocalBlobs(LocalFiles(tmp_path), clock_ns=lambda: now[0])
    blobs.put("a", b"1")
    path, (tag, changed) = tmp_path / "a", (blobs.tag("a"), (tmp_path / "a").stat().st_ctime_ns)
    for now[0], remembered in ((changed + SETTLED_NS, 0), (changed + SETTLED_NS + 1, 1)):
        assert blobs.tag("a") == tag
        assert len(blobs._tags) == remembered  # noqa: SLF001  # whether it was read is seen nowhere else
    path.touch()
    blobs.put("a", b"2")
    assert blobs.tag("a") != tag


def test_a_home_that_was_copied_has_the_same_tags(storage: Storage, tmp_path: Path) -> None:
    """They are of the bytes, not of the file."""
    storage.blobs.put("a/b", b"1")
    assert local_storage(tmp_path).blobs.tag("a/b") == storage.blobs.tag("a/b")
    storage.blobs.put("copy", b"1")
    assert storage.blobs.tag("copy") == storage.blobs.tag("a/b")


def test_what_a_killed_process_was_discarding_is_swept(storage: Storage, tmp_path: Path) -> None:
    """No list shows it before."""
    storage.blobs.put("lake/a/b", b"1")
    storage.blobs.put("lake/c", b"1")
    (tmp_path / "lake" / "a").rename(tmp_path / "lake" / ".deleted-a-0123abcd")
    assert storage.blobs.list("lake") == ["c"]
    storage.blobs.sweep("lake")
    assert [path.name for path in (tmp_path / "lake").iterdir()] == ["c"]


def test_names_that_no_key_has_are_not_listed(storage: Storage, tmp_path: Path) -> None:
    """Whoever puts such a file into a folder of the home keeps nobody from the others."""
    storage.blobs.put("exports/ann", b"x")
    for name in ("back\\slash", "line\nend", os.fsdecode(b"no-utf-8-\xff"), ".hidden"):
        (tmp_path / "exports" / name).write_bytes(b"x")
    assert storage.blobs.list("exports") == ["ann"]
    with pytest.raises(ValueError, match="no key"):
        storage.blobs.get(f"exports/{os.fsdecode(bytes([255]))}")


def test_a_number_is_no_name_of_the_store(storage: Storage) -> None:
    """What the store keeps beside a lease is not listed."""
    with storage.leases.hold(LEASE, purpose="x", now="now"):
        assert storage.blobs.list("lake") == ["lock"]
