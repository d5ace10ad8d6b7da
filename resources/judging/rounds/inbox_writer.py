"""Brings a received file of scores into the inbox: validated whole, then placed by one rename."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.benchmark.spec import Spec
from kit.regular_files import open_regular
from resources.home import Home
from resources.judging.checking.checking_process import checked
from resources.judging.receiving.arrivals import receive_stream

PIECE = 1 << 20


class InboxWriter:
    """A file that was read; `receipt` says what becomes of it, `problems` is the receipt of a rejected one.

    `size` is the bytes of the file, `read_over` is what stood around it in the message it came in.
    """

    def __init__(self, home: Home, spec: Spec, written: Path, judge: str | None, read_over: Sequence[str] = ()) -> None:
        self._home, self._name, self._written = home, spec.experiment, written
        self.size = written.stat().st_size
        found = checked(home, spec, written, judge)
        self.receipt = msgspec.structs.replace(found, read_over=[*read_over, *found.read_over])
        self.problems = found if found.state == "rejected" else None

    def place(self, stem: str, at: float) -> None:
        """Leave the file to the sensor, under a name with `stem`, as one that arrived at Unix seconds.

        Again changes nothing, and known bytes are not placed.
        """
        if self.receipt.state == "stored":
            file = f"{self.receipt.sha256[:12]}-{stem}{self._written.suffix}"
            receive_stream(self._home, self._name, file, self._copy, at)

    def _copy(self, sink: BinaryIO) -> None:
        with open_regular(self._written, ("file",), links=False) as file:
            shutil.copyfileobj(file, sink, PIECE)
