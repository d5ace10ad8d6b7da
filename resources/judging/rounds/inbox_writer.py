"""Brings a received file of scores into the inbox: validated whole, then placed by one rename."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from core.benchmark.spec import Spec
from resources.home import Home
from resources.judging import inbox
from resources.judging.checking.checking_process import checked


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

    def place(self, stem: str) -> None:
        """Leave the file to the sensor, under a name with `stem`.

        Again changes nothing, and known bytes are not placed.
        """
        if self.receipt.state == "stored":
            inbox.move_in(self._home, self._name, self._written, self.receipt.sha256, stem)
