"""Runs a command of somebody else's, bounded in time and output, and ends its process group; no sandbox."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import NamedTuple

LOOK_EVERY_S = 0.05
PIECE = 1 << 16
LAST = 2_000
"""The bytes of standard error, its last ones, that are returned."""


class CommandEnded(NamedTuple):
    """How a command ended: its exit code, a signal's as a negative number, None where it was ended here.

    `printed` is its standard output, `complained` the end of its standard error. `too_much`: both together were more
    than it may write; else without a code it took too long, or was not waited for any more.
    """

    returncode: int | None
    printed: bytes
    complained: bytes
    too_much: bool = False


def run_command(
    command: Sequence[str],
    given: bytes,
    *,
    env: Mapping[str, str],
    cwd: Path,
    longest_s: float,
    largest: int,
    stop: Event,
) -> CommandEnded:
    """Run a command with `given` as its standard input and these variables alone, and return how it ended.

    It is ended after `longest_s` seconds, beyond `largest` bytes of output, or once `stop` is set. With it ends every
    process of its group, whichever way it ended: one that left the group is not found. Raise OSError or ValueError
    for a command that cannot be started.
    """
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    ) as process:
        exchange = _Exchange(process, given, largest)
        try:
            ends = time.monotonic() + longest_s
            while exchange.is_running() and not exchange.too_much:
                if stop.is_set() or time.monotonic() >= ends:
                    return CommandEnded(None, b"", bytes(exchange.complained))
                exchange.go_on(LOOK_EVERY_S)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # not waited for yet, so that its number is nobody else's
        exchange.drain()
    if exchange.too_much:
        return CommandEnded(None, b"", bytes(exchange.complained), too_much=True)
    return CommandEnded(process.returncode, bytes(exchange.printed), bytes(exchange.complained))


class _Exchange:
    """What goes in and out of a running command, none of which is waited for by itself."""

    def __init__(self, process: "subprocess.Popen[bytes]", given: bytes, largest: int) -> None:
        pipes = [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe is not None]
        self._pid, self._given, self._left, self._input = process.pid, memoryview(given), largest, pipes[0]
        self._stdin, self._stdout, stderr = (pipe.fileno() for pipe in pipes)
        self.printed, self.complained = bytearray(), bytearray()
        self._selector = selectors.DefaultSelector()
        for pipe in pipes:
            os.set_blocking(pipe.fileno(), False)
        self._selector.register(self._stdin, selectors.EVENT_WRITE)
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self._selector.register(stderr, selectors.EVENT_READ)

    @property
    def too_much(self) -> bool:
        """Return whether more was written than may be."""
        return self._left < 0

    def is_running(self) -> bool:
        """Return whether the command itself has not ended; it is not waited for, so that its group can be ended."""
        return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def go_on(self, wait_s: float) -> bool:
        """Read and write what can be, after a wait for it, and return whether anything was."""
        if not self._selector.get_map():
            time.sleep(wait_s / 10)  # it closed all three and runs on
            return False
        ready = self._selector.select(wait_s)
        for key, _ in ready:
            if key.fd == self._stdin:
                self._write()
            else:
                self._read(key.fd)
        return bool(ready)

    def drain(self) -> None:
        """Read what a command that has ended left in its pipes, and close them."""
        with suppress(KeyError):
            self._selector.unregister(self._stdin)
        while not self.too_much and self._selector.get_map() and self.go_on(0):
            pass
        self._selector.close()

    def _write(self) -> None:
        try:
            self._given = self._given[os.write(self._stdin, self._given[:PIECE]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._given = memoryview(b"")
        if not self._given:
            self._selector.unregister(self._stdin)
            self._input.close()

    def _read(self, fd: int) -> None:
        try:
            piece = os.read(fd, PIECE)
        except BlockingIOError:
            return
        if not piece:
            self._selector.unregister(fd)
        self._left -= len(piece)
        if fd == self._stdout:
            self.printed += piece
        else:
            self.complained = (self.complained + piece)[-LAST:]
