"""The stores of a home on local files, all below one folder."""

from functools import lru_cache
from pathlib import Path

from contracts.storage import Storage
from resources.storage.local_blobs import LocalBlobs
from resources.storage.local_datasets import LocalDatasets
from resources.storage.local_files import LocalFiles
from resources.storage.local_leases import LocalLeases
from resources.storage.local_logs import LocalLogs


def local_storage(root: Path) -> Storage:
    """Return the stores of the files below `root`, the same ones each time, so that tags are remembered once."""
    return _stores(root.absolute())


@lru_cache(maxsize=32)
def _stores(root: Path) -> Storage:
    files = LocalFiles(root.resolve())
    return Storage(LocalBlobs(files), LocalLogs(files), LocalLeases(files), LocalDatasets(files))
