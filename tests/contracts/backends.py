"""Every implementation of contracts/storage.py, which all pass the tests of this folder; a new one is one entry."""

from collections.abc import Callable
from pathlib import Path

from contracts.storage import Storage
from resources.storage.local import local_storage
from resources.storage.memory import memory_storage

BACKENDS: dict[str, Callable[[Path], Storage]] = {
    "local": local_storage,
    "memory": lambda _: memory_storage(),
}
"""By name: what makes empty stores, given a folder that is the test's own."""
