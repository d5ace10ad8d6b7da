"""Deletes published leaderboards that others took the place of: an open round publishes one a minute."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.estimate import ESTIMATOR_VERSION
from resources.home import Home
from resources.lake.broken import LakeBroken
from resources.lake.leaderboards import Publication, forget, publications
from resources.lake.lock import WriterBusy, writing

NEWEST = 200
"""Publications of an experiment that stay in any case."""
DAY = len("2026-11-29")


def lasting(history: Sequence[Publication], newest: int = NEWEST) -> list[Publication]:
    """Return the publications that stay, in order: the newest, the last of each day, and those of older estimators.

    What an older version of the estimator made cannot be made again, and no more of it comes.
    """
    last = {entry.at[:DAY]: place for place, entry in enumerate(history)}
    days, old = set(last.values()), len(history) - newest
    return [
        entry
        for place, entry in enumerate(history)
        if place >= old or place in days or entry.estimator != ESTIMATOR_VERSION
    ]


def prune_boards(home: Home, now: str, newest: int = NEWEST) -> int:
    """Delete superseded leaderboards of all experiments, and what a killed publication left; return how many folders.

    An experiment that is being written at the moment, or whose manifest cannot be read, is left for the next time.
    """
    deleted = 0
    for name in home.experiments():
        with suppress(WriterBusy, LakeBroken):
            if _outdated(home, name, newest):
                with writing(home, name, purpose="prune", now=now):
                    stays = lasting(publications(home, name), newest)
                    forget(home, name, stays)  # first, so that no reader is led to a folder that goes
                    deleted += sum(_removed(folder) for folder in _outdated(home, name, newest))
    return deleted


def _outdated(home: Home, name: str, newest: int) -> list[Path]:
    """Return the folders below an experiment's leaderboards that no lasting publication names."""
    history = publications(home, name)
    named = {entry.data_hash[:16] for entry in lasting(history, newest)}
    folders = (home.experiment(name) / "leaderboards").glob("*") if history else ()
    return [path for path in folders if path.name not in named and path.is_dir() and not path.is_symlink()]


def _removed(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
