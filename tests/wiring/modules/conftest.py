"""The server with the sample among its modules, in every way in which it can be there."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from starlette.routing import Router

import wiring.modules
from resources.rpc.internal_tokens import signing_key
from tests.serving import serving
from tests.wiring.conftest import Served
from tests.wiring.modules.sample.command import with_sample
from tests.wiring.modules.sample.running import Sampled, alone
from wiring.keys import home_keys
from wiring.modules.events import Events
from wiring.modules.remote import build_rpc_endpoint
from wiring.modules.running import RunningModules
from wiring.server.endpoints import Endpoints
from wiring.settings import read_settings


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one entry."""
    monkeypatch.setattr(wiring.modules, "MODULES", with_sample())


@pytest.fixture(params=["here", "served", "alone"])
def sampled(
    entry: None,  # noqa: ARG001  # the entry is there before the server is built
    served: Served,
    request: pytest.FixtureRequest,
) -> Iterator[Sampled]:
    """The whole server; the sample is in it, behind its endpoint, or in a process of its own."""
    home, keys = served.bench.home, home_keys(served.bench.home)
    (home.root / "tipbench.toml").write_text('[sample]\nprefix_env = "TIPBENCH_SAMPLE_PREFIX"\nlongest = 20\n')
    environ = {"TIPBENCH_HOME": str(home.root), "TIPBENCH_SAMPLE_PREFIX": "~"}
    settings = read_settings(environ, home.root, None)
    with ExitStack() as wall:
        elsewhere = {}
        if request.param != "here":
            signing_key(home)
        if request.param == "served":
            place = wall.enter_context(serving(build_rpc_endpoint("sample", settings)))
            elsewhere = {"sample": f"unix:{place.socket}"}
        if request.param == "alone":
            at = Path(wall.enter_context(TemporaryDirectory(prefix="tipbench-"))) / "sample.sock"
            wall.enter_context(alone(home, at, TIPBENCH_SAMPLE_PREFIX="~"))
            elsewhere = {"sample": f"unix:{at}"}
        events = Events(served.database, keys.sealer)
        modules = RunningModules(
            home,
            served.database,
            served.auth,
            events.bus,
            keys.sealer,
            elsewhere=elsewhere,
            tables=settings.module_settings,
            variables=settings.keys,
        )
        events.consume(*modules.consumers)
        endpoints = Endpoints(replace(served.container, modules=modules))
        served.app = endpoints.edge(Router(endpoints.routes()))
        yield Sampled(served, settings, events, modules)
