"""Brings a received body of scores into the inbox: validated whole, then stored at once."""

from collections.abc import Sequence

import msgspec

from core.benchmark.spec import Spec
from resources.home import Home
from resources.judging.checking.checking_process import checked
from resources.judging.receiving.arrivals import receive_stored
from resources.judging.receiving.bodies import ReceivedBody


class InboxWriter:
    """A body that was read; `receipt` says what becomes of it, `problems` is the receipt of a rejected one.

    `size` is the bytes of the body, `read_over` is what stood around it in the message it came in.
    """

    def __init__(
        self, home: Home, spec: Spec, body: ReceivedBody, judge: str | None, read_over: Sequence[str] = ()
    ) -> None:
        self._home, self._name = home, spec.experiment
        self.size, self._suffix = body.size, body.suffix
        found = checked(home, spec, body.path, judge)
        self.receipt = msgspec.structs.replace(found, read_over=[*read_over, *found.read_over])
        self.problems = found if found.state == "rejected" else None
        self._stored = body.stored(home) if found.state == "stored" else None  # before any transaction begins

    def place(self, stem: str, at: float) -> None:
        """Leave the answers to the sensor, under a name with `stem`, as a file that arrived at Unix seconds.

        Again changes nothing, and known bytes are not placed.
        """
        if self._stored is not None:
            file = f"{self.receipt.sha256[:12]}-{stem}{self._suffix}"
            receive_stored(self._home, self._name, file, self._stored, at)
