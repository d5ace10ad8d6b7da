"""Profile on a real home, with a second module to erase."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contracts.refusals import Unavailable
from tests.services.profile.world import World
from tests.serving import served_over_http


@pytest.fixture
def way() -> str:
    """How the module is asked: here, or over HTTP; files of conformance tests say both."""
    return "here"


@pytest.fixture
def world(tmp_path: Path, database_url: str, way: str) -> Iterator[World]:
    """Two users, on each kind of database."""
    made = World(tmp_path / "home", ["user-a", "user-b"], url=database_url)
    module = made.profile
    with ExitStack() as wall:
        if way == "served":
            client = wall.enter_context(served_over_http("profile", module, made.clock, Unavailable))
            client.chain_of = module.chain_of  # in no contract: what tests look at
            made.profile = client
        yield made
    made.close()
