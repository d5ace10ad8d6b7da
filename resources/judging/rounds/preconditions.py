"""What every operation on rounds checks first: the experiment, the judge and the caller."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import sqlalchemy as sa

from contracts.access.caller import Caller, Role
from contracts.refusals import Conflict, NotFound, Unavailable
from core.benchmark.names import EXPERIMENT
from core.benchmark.spec import Spec
from resources.home import Home
from resources.lake.specs import FROM_A_PACK, ExperimentState, pinned_spec, read_records

NO_EXPERIMENT = "no experiment of that name"


def experiment_spec(home: Home, name: str) -> Spec:
    """Return the pin, which never changes and is cached; raise NotFound for an unknown experiment."""
    if not EXPERIMENT.fullmatch(name):
        raise NotFound(NO_EXPERIMENT, ("experiment",))
    tag = home.storage.blobs.tag(home.key(name, "spec.json"))
    if tag is None:
        raise NotFound(NO_EXPERIMENT, ("experiment",))
    return _pinned(home, name, tag)


@lru_cache(maxsize=32)
def _pinned(home: Home, name: str, _tag: str) -> Spec:
    return pinned_spec(home, name)


def on_record(home: Home, name: str) -> ExperimentState:
    """Return what is on record of an experiment, to be passed on; raise NotFound for an unknown one."""
    return ExperimentState(name, experiment_spec(home, name), read_records(home, name))


def open_state(home: Home, name: str) -> ExperimentState:
    """Return what is on record of an experiment that takes scores; raise NotFound, or Conflict if it is archived."""
    state = on_record(home, name)
    refuse_closed(name, closed=state.is_archived)
    refuse_unpacked(state)
    return state


def refuse_closed(name: str, *, closed: bool) -> None:
    """Raise Conflict if an experiment takes no scores any more."""
    if closed:
        raise Conflict(f"{name} is archived: unarchive it first", ("experiment",))


def refuse_unpacked(state: ExperimentState) -> None:
    """Raise Conflict if an experiment came from a pack, and so takes no scores here."""
    if state.unpacked:
        raise Conflict(f"{state.name} {FROM_A_PACK}={state.name}", ("experiment",))


def is_judge(caller: Caller, judge: str) -> bool:
    """Return whether the caller answers as `judge`."""
    return caller.role >= Role.JUDGE and caller.judge == judge


@contextmanager
def storing() -> Iterator[None]:
    """Raise Unavailable, without the driver's words, if database or disk are unavailable or full."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sqlite3.OperationalError) as error:
        raise Unavailable("the database cannot be used at the moment; nothing was changed") from error
    except OSError as error:
        raise Unavailable(f"the disk cannot be used ({error.strerror}); nothing was changed") from error
