import subprocess
import sys
from pathlib import Path

import pytest

from resources.lake.lock import WriterBusy, is_free, writing

NOW = "2026-01-01T00:00:00+00:00"
HOLD = """
import sys
from pathlib import Path
from resources.lake.lock import writing
with writing(Path(sys.argv[1]), purpose="collecting", now="then"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    """Close its input and wait for it."""
    process.communicate(timeout=60)


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    """The error names the process, what it does and since when."""
    with (
        pytest.raises(WriterBusy, match=rf"process {holder.pid} \(collecting, since then\)"),
        writing(tmp_path, purpose="x", now=NOW),
    ):
        pass
    assert not is_free(tmp_path)
    end(holder)
    assert is_free(tmp_path)


def test_a_publisher_waits_until_its_time_is_over(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    """Waiting asks again until the deadline, then names the holder."""
    ticks = iter(range(100))
    waits: list[float] = []
    with (
        pytest.raises(WriterBusy, match="after 5 s"),
        writing(tmp_path, purpose="x", now=NOW, wait_s=5, clock=lambda: float(next(ticks)), sleep=waits.append),
    ):
        pass
    assert waits == [0.2, 0.2]
    end(holder)


def test_the_lock_ends_with_its_process(tmp_path: Path, holder: "subprocess.Popen[str]") -> None:
    """A killed holder leaves nothing that blocks the next writer."""
    holder.kill()
    end(holder)
    with writing(tmp_path, purpose="next", now=NOW):
        assert not is_free(tmp_path)
    assert is_free(tmp_path)


def test_a_lock_that_was_taken_away_with_its_folder_counts_no_more(tmp_path: Path) -> None:
    """Who waited for it while the experiment was deleted takes the lock of the folder that has the name then."""
    folder = tmp_path / "tip-bench-x"

    def wait(_: float) -> None:
        if not (tmp_path / "gone").exists():
            folder.rename(tmp_path / "gone")
            deleting.__exit__(None, None, None)

    deleting = writing(folder, purpose="deleting", now=NOW)
    deleting.__enter__()
    with writing(folder, purpose="next", now=NOW, wait_s=5, sleep=wait):
        assert not is_free(folder)
        assert is_free(tmp_path / "gone")
