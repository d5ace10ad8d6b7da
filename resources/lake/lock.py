"""One writer per experiment: a lease of the home's storage that ends with its process, and names its holder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from contracts.storage import Fence, Holder, LeaseHeld
from core.expected_error import ExpectedError
from resources.home import Home


class WriterBusy(ExpectedError, RuntimeError):
    """Another process writes this experiment; the message names it."""

    code = "CONFLICT"
    operator_code = "IN_PROGRESS"


@contextmanager
def writing(home: Home, name: str, *, purpose: str, now: str, wait_s: float = 0.0) -> Iterator[Fence]:
    """Hold the experiment's lease and yield its fence.

    Raise WriterBusy, which names the holder, at once or after `wait_s` seconds.
    """
    with ExitStack() as held:
        try:
            lease = home.storage.leases.hold(home.key(name, "lock"), purpose=purpose, now=now, wait_s=wait_s)
            fence = held.enter_context(lease)
        except LeaseHeld as error:
            raise WriterBusy(_busy(name, error.holder, wait_s), ("experiment",)) from error
        yield fence


def is_free(home: Home, name: str) -> bool:
    """Return whether no process writes the experiment at this moment."""
    return home.storage.leases.is_free(home.key(name, "lock"))


def _busy(name: str, holder: Holder | None, wait_s: float) -> str:
    who = "another process"
    if holder is not None:
        who = f"process {holder.pid} ({holder.purpose}, since {holder.since})"
    waited = f" after {wait_s:.0f} s" if wait_s else ""
    return f"{name} is being written by {who}{waited}: wait until it ends, or stop it, then run again"
