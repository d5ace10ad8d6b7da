"""Commands of others: what they are given and print, and that neither they nor what they start outlive their bounds."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from kit.processes.commands import CommandEnded, run_command
from tests.deadline import DEADLINE_S

LARGEST = 1 << 18
SURVIVOR = "sleep 1000 & echo $!"


def shell(script: str, given: bytes = b"", longest_s: float = DEADLINE_S, stop: bool = False) -> CommandEnded:
    """What comes of a shell script that is given nothing but PATH."""
    over = threading.Event()
    if stop:
        over.set()
    env, cwd = {"PATH": "/usr/bin:/bin"}, Path("/")
    return run_command(["sh", "-c", script], given, env=env, cwd=cwd, longest_s=longest_s, largest=LARGEST, stop=over)


def is_alive(pid: int) -> bool:
    """Whether a process runs, and is not only waiting to be counted by its parent."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def comes_to_an_end(pid: int) -> bool:
    """Whether a process that was killed ends, which the kernel does in its own time."""
    latest = time.monotonic() + DEADLINE_S
    while is_alive(pid) and time.monotonic() < latest:
        time.sleep(0.01)
    return not is_alive(pid)


def test_what_is_given_is_read_and_what_is_printed_is_returned() -> None:
    """To the last byte, also of more than a pipe holds, with the exit code and the end of what it complained of."""
    data = bytes(range(256)) * 900
    assert shell("cat", data) == CommandEnded(0, data, b"")
    assert shell("echo no >&2; exit 7", data) == CommandEnded(7, b"", b"no\n")
    assert shell("kill -9 $$").returncode == -9


def test_one_that_reads_nothing_and_closes_its_pipes_ends_as_it_says() -> None:
    """A pipe that nobody reads holds nothing up."""
    assert shell("exec <&- >&- 2>&-; sleep 0.1; exit 3", b"x" * LARGEST).returncode == 3


def test_it_has_the_variables_that_it_is_given_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of this process is not among them."""
    monkeypatch.setenv("SOME_KEY", "sk-0123456789")
    printed = shell("env").printed
    assert b"PATH=" in printed
    assert b"SOME_KEY" not in printed


@pytest.mark.parametrize("script", ["yes", "yes >&2", "yes & wait"])
def test_one_that_writes_without_end_is_ended(script: str) -> None:
    """On either output, itself or by a child; what it wrote is not looked at."""
    ended = shell(script)
    assert (ended.returncode, ended.printed, ended.too_much) == (None, b"", True)


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    """A child that would survive, after a good end and after one that was in nobody's patience."""
    ended = shell(SURVIVOR)
    assert ended.returncode == 0
    assert comes_to_an_end(int(ended.printed))
    file = tmp_path / "pid"
    assert shell(f"({SURVIVOR}) >{file}; sleep 1000", longest_s=0.5).returncode is None
    assert comes_to_an_end(int(file.read_text()))


def test_one_that_nobody_waits_for_is_ended() -> None:
    """Without a look at how long it might take."""
    assert shell("sleep 1000", stop=True) == CommandEnded(None, b"", b"")


def test_a_child_that_left_the_group_holds_nothing_up(tmp_path: Path) -> None:
    """It holds the output open; the answer is there all the same, and only its end is not ours."""
    file = tmp_path / "pid"
    ended = shell(f"setsid sh -c 'echo $$ >{file}; exec sleep 1000' & while [ ! -s {file} ]; do :; done; echo done")
    assert (ended.returncode, ended.printed) == (0, b"done\n")
    pid = int(file.read_text())
    assert is_alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_what_cannot_be_started_is_raised() -> None:
    """A program that is not there, and a text that no argument can be."""
    for command in (["./no-such-program"], ["sh", "a\0b"]):
        with pytest.raises((OSError, ValueError)):
            run_command(command, b"", env={}, cwd=Path("/"), longest_s=1, largest=LARGEST, stop=threading.Event())
