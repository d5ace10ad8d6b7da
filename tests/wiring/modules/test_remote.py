"""A module in a process of its own: what runs there, and what runs here instead."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from contracts.refusals import Forbidden, Unavailable
from resources.home import Home
from resources.rpc.client import ModuleAddress
from resources.rpc.internal_tokens import ACTING, Principal, signing_key
from resources.sql.engine import open_engine
from tests.wiring.modules.sample.declaration import LIVES
from tests.wiring.modules.sample.notes import COUNTS
from tests.wiring.modules.sample.running import Sampled, alone, settled, until_it_says
from wiring.modules.remote import build_served, listen_at, serve_alone
from wiring.settings import read_settings


def test_its_worker_runs_where_its_service_is(sampled: Sampled, request: pytest.FixtureRequest) -> None:
    """Once, however often it steps; in the process of its own, or in this one while that serves."""
    sampled.add("milk")
    way = request.node.callspec.params["sampled"]

    def counted() -> set[tuple[int, bool]]:
        with sampled.served.database.connect() as connection:
            found = connection.execute(sa.select(COUNTS.c.notes, COUNTS.c.process))
            return {(row.notes, row.process == os.getpid()) for row in found}

    async def story() -> None:
        async with sampled.modules.life():
            if way != "served":  # an endpoint of a test has no process, and so no workers
                await settled(lambda: (1, way == "here") in counted())

    asyncio.run(story())
    assert {here for _, here in counted()} == ({way == "here"} if way != "served" else set())


def test_its_lifespan_is_where_its_service_is(sampled: Sampled, request: pytest.FixtureRequest) -> None:
    """Around serving in this process, or in the one of its own alone."""
    way = request.node.callspec.params["sampled"]
    blobs = sampled.served.bench.home.storage.blobs

    def lives() -> dict[bool, bytes | None]:
        return {int(name) == os.getpid(): blobs.get(f"{LIVES}/{name}") for name in blobs.list(LIVES)}

    elsewhere = {False: b"began"} if way == "alone" else {}

    async def story() -> None:
        async with sampled.modules.life():
            assert lives() == ({True: b"began"} if way == "here" else elsewhere)

    if way == "alone":
        until_it_says(lambda: lives() == elsewhere)
    asyncio.run(story())
    assert lives() == ({True: b"ended"} if way == "here" else elsewhere)


def test_its_lifespan_ends_with_its_process(tmp_path: Path) -> None:
    """SIGTERM ends what surrounds serving, then the process."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    signing_key(home)
    with TemporaryDirectory(prefix="tipbench-") as folder, alone(home, Path(folder) / "sample.sock") as process:
        key = f"{LIVES}/{process.pid}"
        until_it_says(lambda: home.storage.blobs.get(key) == b"began")
    assert home.storage.blobs.get(key) == b"ended"


def test_a_lifespan_that_does_not_begin_ends_serving_with_a_sentence(
    entry: None,  # noqa: ARG001  # the entry is there
    tmp_path: Path,
) -> None:
    """Nothing is answered by a module that could not begin."""

    @asynccontextmanager
    async def broken(*_: object) -> AsyncIterator[None]:
        raise OSError("planted")
        yield

    home = Home(tmp_path / "home")
    home.root.mkdir()
    signing_key(home)
    served = build_served("sample", read_settings({"TIPBENCH_HOME": str(home.root)}, home.root, None))
    served = replace(served, module=replace(served.module, lifespan=broken))
    with listen_at(ModuleAddress()) as listening, pytest.raises(Unavailable, match="sample did not start"):
        serve_alone(served, listening)


def test_its_process_migrates_a_home_that_has_none_of_it(tmp_path: Path) -> None:
    """The first process that serves it makes its tables, and those of the others."""
    home = Home(tmp_path / "home")
    home.root.mkdir()
    signing_key(home)
    with TemporaryDirectory(prefix="tipbench-") as folder, alone(home, Path(folder) / "sample.sock"):
        engine = open_engine(f"sqlite:///{home.database}")
        assert {"sample_notes", "sample_counts", "auth_users"} <= set(sa.inspect(engine).get_table_names())
        engine.dispose()


@pytest.mark.parametrize("sampled", ["served"], indirect=True)
def test_elsewhere_a_user_gets_their_own(sampled: Sampled) -> None:
    """The module itself refuses what concerns another user, whatever the gateway sends."""
    ACTING.set(Principal("user-1", "USER"))
    try:
        with pytest.raises(Forbidden):
            sampled.modules.service("sample").notes("user-2")
    finally:
        ACTING.set(Principal())
