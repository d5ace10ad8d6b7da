"""A home's database at the newest migrations, copied from one that this process migrates once."""

import functools
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa

from resources.home import Home
from wiring.database import branches, open_database


def open_migrated(home: Home, url: str | None = None) -> sa.Engine:
    """Return the engine that `open_database` returns; where it would make an SQLite file, that is a copy.

    Migrating takes more of the processor than most tests that need its tables.
    """
    given = sa.make_url(url or f"sqlite:///{home.database}")
    file = Path(given.database or "")
    if given.get_backend_name() == "sqlite" and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(_made(tuple(branches())).name) / "home" / home.database.name, file)
        file.chmod(0o600)
    return open_database(home, url)


@functools.cache
def _made(_: tuple[Path, ...]) -> "tempfile.TemporaryDirectory[str]":
    """Return the folder of a home with the database, one for these branches of migrations; it ends with the process.

    A test that adds a module for itself has branches that no other test knows.
    """
    folder = tempfile.TemporaryDirectory(prefix="tipbench-migrated-")
    open_database(Home(Path(folder.name) / "home"), None).dispose()
    return folder
