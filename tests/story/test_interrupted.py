"""Ctrl-C on a terminal while answers are waited for."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.deadline import DEADLINE_S
from tests.story.peers.model_server import ModelServer
from tests.story.peers.project import Project

pytestmark = pytest.mark.slow
NAME = "tip-bench-interrupted"
OPTIONS = ["--models", "plain", "--prompts", "terse", "--n-scenarios", "10", "--n-tips", "2"]
HELD_FROM = 6
ON_A_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from wiring.cli import main; main()"
"""Makes standard input the terminal whose keys reach the process as signals."""


class Screen:
    """A terminal of 80 columns with a command on it."""

    def __init__(self, project: Project, *arguments: str) -> None:
        self._terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, *arguments],
            cwd=project.folder,
            env={**project.environ, "TERM": "xterm"},
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self.text = ""

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._terminal, keys)

    def read_until(self, wanted: str) -> None:
        """Read until the text is there or the command has ended."""
        while wanted not in self.text and (more := self._read()):
            self.text += more

    def read_to_the_end(self) -> str:
        """Read all that comes until the command has ended; return everything."""
        while more := self._read():
            self.text += more
        self.process.wait(DEADLINE_S)
        return self.text

    def _read(self) -> str:
        with suppress(OSError):  # the other end of the terminal is closed
            return os.read(self._terminal, 65536).decode(errors="replace")
        return ""

    def close(self) -> None:
        """End the command if it goes on, and free the terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE_S)
        os.close(self._terminal)


@pytest.fixture
def screen(project: Project, server: ModelServer) -> Iterator[Screen]:
    """A run whose first six answers came and whose others never do."""
    server.held_from = HELD_FROM
    shown = Screen(project, "run", NAME, *OPTIONS)
    yield shown
    shown.close()
    server.held_from = None


@pytest.mark.parametrize("keys", [b"\x03", b"\x03\x03", b"\x03\x03\x03\x03"])
def test_ctrl_c_says_one_sentence(screen: Screen, project: Project, server: ModelServer, keys: bytes) -> None:
    """Pressed once or in haste: exit code 130, one sentence, no traceback, and the next run asks for the rest alone."""
    screen.read_until(f" {HELD_FROM}/20 ")
    screen.type(keys)
    shown = screen.read_to_the_end()
    assert screen.process.returncode == 130, shown
    assert "Traceback" not in shown
    assert "Error" not in shown
    after = re.sub(r"\x1b\[\??\d*[A-Za-z]|\^C", "", shown.rpartition("USD")[2]).split("\n")
    assert sum(line.strip() != "" for line in after) == 1, shown
    assert "tipbench: interrupted" in shown
    if keys == b"\x03":
        assert f"{HELD_FROM} of 20 generations are final and kept" in shown
        assert f"run again to go on, tipbench run {NAME}" in shown
    server.held_from = None
    project("run", NAME)
    assert len(server.requested) == 20
    assert server.requested.total() <= 20 + 8


def test_the_bar_is_no_wider_than_the_terminal(screen: Screen) -> None:
    """80 columns: counts, rate and money are on one line that is redrawn; for a long time left the name gives way."""
    screen.read_until(f" {HELD_FROM}/20 ")
    screen.read_until("/s")
    frames = re.split(r"[\r\n]+", re.sub(r"\x1b\[\??\d*[A-Za-z]", "\n", screen.text))
    assert any("░" in frame and f" {HELD_FROM}/20 " in frame for frame in frames), frames
    assert max(map(len, frames)) <= 80
