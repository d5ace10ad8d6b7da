"""Settings of the whole suite, and the databases that one set of tests runs on: property tests are deterministic."""

import gc
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import settings

from kit.private_files import keep_private
from tests.compiling import compile_share
from tests.scheduling import SHARED_HOME, SharedHomeScheduling, check_shared

if TYPE_CHECKING:
    from tests.postgresql import Cluster

keep_private()  # as every process of the program does, so that the homes of tests are like those of people
settings.register_profile("tipbench", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("tipbench")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job, which hands that on to its children
    signal.signal(signal.SIGINT, signal.default_int_handler)
POSTGRESQL = pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.slow])


class FailuresAtOnce:
    """Names a test that failed when it did, not half an hour later."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a line for a report that is a failure."""
        if report.failed:
            self._terminal.ensure_newline()
            self._terminal.write_line(f"failed: {report.nodeid} ({report.when})")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Name failures where there is a terminal, which worker processes have not."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(FailuresAtOnce(terminal), "failures-at-once")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect tests without looking for garbage, then look once and set aside what is there: it stays to the end.

    The collector had walked through a million objects again and again: a fifth of what collecting took.
    """
    gc.disable()
    try:
        compile_share(session.config)
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put files with slow tests first, then files of many tests: no long file is left to one worker at the end.

    A test that is slow only because it runs on PostgreSQL too does not count. Files that share a server, which ends
    with the last of them, stand together at the very beginning, in the order in which they are listed.
    """
    files: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        files[item.path].append(item)

    sharing = {
        path: any("shared_home" in getattr(test, "fixturenames", ()) for test in tests) for path, tests in files.items()
    }
    check_shared(config.rootpath, sharing)

    def place(path: Path) -> tuple[bool, bool, int]:
        tests = files[path]
        is_slow = any(test.get_closest_marker("slow") and not test.get_closest_marker("postgresql") for test in tests)
        if sharing[path]:
            return not is_slow, False, SHARED_HOME.index(path.relative_to(config.rootpath).as_posix())
        return not is_slow, True, -len(tests)

    items[:] = [item for path in sorted(files, key=place) for item in files[path]]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedHomeScheduling | None:
    """Return what shares the tests out; None where they are not to stay together by files."""
    return SharedHomeScheduling(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def cluster() -> Iterator["Cluster"]:
    """A PostgreSQL server of this test process."""
    from tests.postgresql import programs, running

    found = programs()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    with running(found) as started:
        yield started


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database: an SQLite file that does not exist yet, and a PostgreSQL one with every migration."""
    if request.param == "sqlite":
        (tmp_path / "store").mkdir()
        yield f"sqlite:///{tmp_path / 'store' / 'tipbench.db'}"
        return
    started: Cluster = request.getfixturevalue("cluster")
    with started.database() as name:
        yield started.url(name)


@pytest.fixture
def lose_store(engine: sa.Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], None]:
    """Take the database away, as a lost disk or server does."""

    def lose() -> None:
        engine.dispose()
        if engine.dialect.name == "postgresql":
            request.getfixturevalue("cluster").run(f"DROP DATABASE {engine.url.database} WITH (FORCE)")
            return
        (tmp_path / "store").rename(tmp_path / "gone")

    return lose
