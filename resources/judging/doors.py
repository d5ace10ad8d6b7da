"""What every door of the judging room checks first: the experiment, the judge and the caller."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from contracts.access import Caller, Role
from contracts.refusals import Conflict, NotFound, Unavailable
from core.names import EXPERIMENT
from core.records import is_archived
from core.spec import Spec
from resources.home import Home
from resources.lake.specs import read_records, read_spec


def experiment_spec(home: Home, name: str) -> Spec:
    """The pin; NotFound."""
    spec = read_spec(home, name) if EXPERIMENT.fullmatch(name) else None
    if spec is None:
        raise NotFound("no experiment of that name", ("experiment",))
    return spec


def open_spec(home: Home, name: str) -> Spec:
    """The pin of an experiment that takes scores; NotFound, Conflict when it is archived."""
    spec = experiment_spec(home, name)
    if is_archived(read_records(home, name)):
        raise Conflict(f"{name} is archived", ("experiment",))
    return spec


def is_judge(caller: Caller, judge: str) -> bool:
    """Whether the caller answers as `judge`."""
    return caller.role >= Role.JUDGE and caller.judge == judge


@contextmanager
def storing() -> Iterator[None]:
    """Say Unavailable, without the driver's words, when database or disk are away or full."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sqlite3.OperationalError) as error:
        raise Unavailable("the database cannot be used at the moment; nothing was changed") from error
    except OSError as error:
        raise Unavailable(f"the disk cannot be used ({error.strerror}); nothing was changed") from error
