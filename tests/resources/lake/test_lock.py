import subprocess
import sys
from pathlib import Path

import pytest

from contracts.storage import LeaseHeld
from resources.home import Home
from resources.lake.lock import WriterBusy, is_free, writing
from resources.storage.memory import memory_storage
from tests.deadline import DEADLINE_S

NOW = "2026-01-01T00:00:00+00:00"
NAME = "tip-bench-x"
HOLD = """
import sys
from pathlib import Path
from resources.home import Home
from resources.lake.lock import writing
with writing(Home(Path(sys.argv[1])), sys.argv[2], purpose="collecting", now="then"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path)


@pytest.fixture
def holder(tmp_path: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    """Close its input and wait for it."""
    process.communicate(timeout=DEADLINE_S)


def test_a_second_writer_is_told_who_holds_the_lock(home: Home, holder: "subprocess.Popen[str]") -> None:
    """The error names the process, what it does and since when."""
    with (
        pytest.raises(WriterBusy, match=rf"process {holder.pid} \(collecting, since then\)"),
        writing(home, NAME, purpose="x", now=NOW),
    ):
        pass
    assert not is_free(home, NAME)
    end(holder)
    assert is_free(home, NAME)


def test_the_lock_ends_with_its_process(home: Home, holder: "subprocess.Popen[str]") -> None:
    """A killed holder leaves nothing that blocks the next writer, whose number is higher."""
    holder.kill()
    end(holder)
    with writing(home, NAME, purpose="next", now=NOW) as fence:
        assert not is_free(home, NAME)
        assert fence.number == 2
    assert is_free(home, NAME)


def test_an_error_of_the_writer_is_its_own(home: Home) -> None:
    """A lease of something else that is held within the block is no sign of another writer."""
    with pytest.raises(LeaseHeld), writing(home, NAME, purpose="x", now=NOW):
        raise LeaseHeld("another lease", None)


def test_whoever_waited_says_how_long(home: Home) -> None:
    """In the sentence that names the holder."""
    memory = Home(home.root)
    memory.__dict__["storage"] = memory_storage()
    with (
        writing(memory, NAME, purpose="collecting", now=NOW),
        pytest.raises(WriterBusy, match=r"\(collecting, since 2026-.* after 1 s: wait until it ends"),
        writing(memory, NAME, purpose="x", now=NOW, wait_s=0.6),
    ):
        pass
