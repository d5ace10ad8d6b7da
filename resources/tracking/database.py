"""Creates MLflow's own database in one step that a kill cannot leave half done."""

import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path

from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore


def prepare_database(path: Path) -> None:
    """Create MLflow's SQLite database at `path` unless it exists.

    MLflow runs its migrations in place and cannot go on from half of them, so a process killed there would leave a
    database that fails for ever. The migrations run on a new file, which is then linked to its name; the first wins.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.name}.*"):
        if _abandoned(left):
            left.unlink(missing_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        store = SqlAlchemyStore(f"sqlite:///{new}", (path.parent / "artifacts").as_uri())  # type: ignore[no-untyped-call] # MLflow left it so
        store.engine.dispose()
        _make_durable(new)
        os.link(new, path)
    except FileExistsError:
        return  # another process was first: its database counts
    finally:
        for left in path.parent.glob(f"{new.name}*"):
            left.unlink(missing_ok=True)


def _make_durable(path: Path) -> None:
    """Check that the file holds everything by itself, then flush it to the disk."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _abandoned(path: Path) -> bool:
    """Return whether the process that was making this file has ended."""
    owner = path.name.split(".")[3].partition("-")[0]
    return not owner.isdigit() or not Path(f"/proc/{owner}").exists()
