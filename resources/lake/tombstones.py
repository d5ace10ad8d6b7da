"""Removes an experiment's folder whole: one rename takes its name away, whatever happens to the files after that."""

import shutil
from secrets import token_hex

from resources.home import Home
from resources.storage.files import sync_folder


def bury(home: Home, name: str) -> None:
    """Remove the experiment's folder.

    A process that is killed before the rename leaves the folder as it was; one that is killed after it leaves files
    that no name leads to, which `sweep` removes. The caller holds the writer lock.
    """
    tombstone = home.tombstone(name, token_hex(4))
    home.experiment(name).rename(tombstone)
    sync_folder(tombstone.parent)
    shutil.rmtree(tombstone, ignore_errors=True)


def sweep(home: Home) -> None:
    """Remove the files of deleted experiments that killed processes left."""
    for tombstone in home.tombstones():
        shutil.rmtree(tombstone, ignore_errors=True)
