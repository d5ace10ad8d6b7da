"""Every keeper of tables in the one database, and the pruning of all of them."""

from collections.abc import Sequence

import sqlalchemy as sa

from contracts.keeping import Keeper
from resources.keeping import BenchmarkKeeper


def keepers() -> Sequence[Keeper]:
    """One for each module that keeps tables."""
    return (BenchmarkKeeper(),)


def prune(engine: sa.Engine, keepers: Sequence[Keeper], now: float) -> dict[str, int]:
    """Delete what is past its time at `now`, in Unix seconds: rows deleted by table, a transaction each."""
    gone = {}
    for keeper in keepers:
        for kept in keeper.kept():
            if kept.prune is not None:
                with engine.begin() as connection:
                    gone[kept.table.name] = kept.prune(connection, now)
    return gone
