"""Makes tables of the records that the command line prints, with the columns of its CSV."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from wiring.operations.rows import flat

if TYPE_CHECKING:
    import pandas as pd


def frame(records: Sequence[Any], columns: Sequence[str] = ()) -> "pd.DataFrame":
    """Return a row for each record; `columns` are those of a table without rows. What is not known is null."""
    import pandas as pd

    rows = [dict(flat(row)) for row in msgspec.to_builtins(records)]
    names = list(dict.fromkeys(key for row in rows for key in row)) or list(columns)
    return pd.DataFrame(rows, columns=names)
