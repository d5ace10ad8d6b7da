"""Opens the one database at its newest migration; each module keeps a branch of migrations of its own."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from contracts.refusals import Unavailable
from resources.home import Home
from resources.home_format import mark_format
from resources.sql.engine import mark_unclean, open_engine, scrub
from wiring.keys import HomeKeys, home_keys
from wiring.modules import all_modules

HERE = Path(__file__).resolve().parents[1]


def open_database(home: Home, url: str | None) -> sa.Engine:
    """Return the engine of TIPBENCH_DATABASE_URL or of the home's own file, migrated.

    One process migrates at a time.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    mark_format(home)
    if url is None:
        home.database.touch(mode=0o600)  # its write-ahead log takes the same mode
    engine = open_engine(url or f"sqlite:///{home.database}")
    with (home.root / ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        migrate(engine, lambda: home_keys(home))
        scrub(engine)
    return engine


@contextmanager
def database_as_it_is(home: Home, url: str | None) -> Iterator[sa.Engine]:
    """Return a context with the engine of TIPBENCH_DATABASE_URL or of the home's own file, which migrates nothing.

    Nothing is opened until a connection is asked for, which is Unavailable where the database cannot be opened.
    """
    with opening():
        engine = open_engine(url or f"sqlite:///{home.database}")
        try:
            yield engine
        finally:
            engine.dispose()


def branches() -> list[Path]:
    """Return the folders of the modules' migrations."""
    return [module.migrations for module in all_modules() if module.migrations is not None]


@contextmanager
def opening() -> Iterator[None]:
    """Return a context manager that raises Unavailable, without the driver's text, if the database cannot be opened."""
    try:
        yield
    except sa.exc.OperationalError as error:  # its text may hold the address with its password
        raise Unavailable(f"the database cannot be opened: {type(error.orig).__name__}") from None


def migrate(engine: sa.Engine, keys: Callable[[], HomeKeys], to: str = "heads") -> None:
    """Bring every branch to its head, or to the revision `to`; cheap when nothing is to do.

    A migration that seals stored data finds `keys` in the configuration's attributes, and `mark_unclean` for the file
    that must then be rewritten.
    """
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(HERE / "wiring" / "migrations"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(path) for path in branches()))
    heads = set(ScriptDirectory.from_config(config).get_heads())
    with engine.connect() as connection:
        if set(MigrationContext.configure(connection).get_current_heads()) == heads:
            return
    with engine.begin() as connection:
        from alembic import command

        config.attributes.update(connection=connection, keys=keys, mark_unclean=mark_unclean)
        command.upgrade(config, to)
