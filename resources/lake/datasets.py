"""Opens datasets where their store says that they are; outside of the lake a dataset is a key or a locator."""

import pyarrow as pa
import pyarrow.parquet as pq

from contracts.storage import Locator


def open_dataset(locator: Locator) -> pq.ParquetFile:
    """Return a dataset to read in parts; the caller closes it. Raise FileNotFoundError if there is none."""
    if locator.data is None:
        return pq.ParquetFile(locator.uri)
    if not locator.data:
        raise FileNotFoundError(locator.uri)
    return pq.ParquetFile(pa.BufferReader(locator.data))
