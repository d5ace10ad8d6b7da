"""Profile in the server: who may erase whom, how fresh a session is, and an erasure over HTTP to the last byte."""

import asyncio
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
import sqlalchemy as sa

from contracts.access.audit import AuditEntry
from contracts.access.caller import Role
from contracts.modules.events import Event, TipRatedV1
from contracts.refusals import Conflict, NotFound
from contracts.tips.recommendations import Surface, TipRequest
from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.sql.audit_log import AuditTable
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain
from tests.byte_search import found
from tests.deadline import DEADLINE_S
from tests.resources.conftest import benched
from tests.services.events.nats_peer import nats_server
from tests.story.peers.model_server import model_server
from tests.user_keys import wrapped_key
from tests.wiring.conftest import ORIGIN
from tests.wiring.served_home import CANARY, ServedHome
from wiring.modules.context import new_id
from wiring.modules.running import LATELY_S, signed_in_lately


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ServedHome]:
    """One home."""
    made = ServedHome(tmp_path / "home")
    yield made
    made.database.dispose()


def test_the_last_admin_stays(bench: ServedHome) -> None:
    """Of two one may go and not both, also at once; service accounts and the local admin are nobody to erase."""
    first, second = bench.person(Role.ADMIN)[0], bench.person(Role.ADMIN)[0]
    bench.auth.issue_token(Role.ADMIN, 60)
    bench.auth.check_erasable(first, frozenset())
    with pytest.raises(Conflict, match="last admin"):
        bench.auth.check_erasable(first, frozenset({second}))
    bench.modules.erasure.saga.erase(first, "self")
    with pytest.raises(Conflict, match="last admin"):
        bench.modules.erasure.saga.erase(second, "self")
    with pytest.raises(NotFound):
        bench.modules.erasure.saga.erase("user-nobody", "admin")
    with pytest.raises(Conflict, match="is the application's own"):
        bench.modules.erasure.saga.erase("service-admin", "admin")


def test_only_a_session_of_the_last_ten_minutes_is_fresh(bench: ServedHome) -> None:
    """Neither an older one, nor a token, nor one that was ended."""
    caller = bench.auth.by_session(bench.person()[1])
    token = bench.auth.by_bearer(bench.auth.issue_token(Role.USER, 3600))
    assert caller is not None
    assert token is not None
    assert signed_in_lately(bench.auth, time.time)(caller)
    assert not signed_in_lately(bench.auth, lambda: time.time() + LATELY_S + 1)(caller)
    assert not signed_in_lately(bench.auth, time.time)(token)
    bench.auth.sign_out(caller)
    assert not signed_in_lately(bench.auth, time.time)(caller)


def _plant(bench: ServedHome, user: str) -> None:
    """Rows about the user in the tables of other modules."""
    audit = AuditTable(bench.database)
    entry: dict[str, Any] = {"role": "USER", "operation": "x", "input_hash": "", "outcome": "done", "request_id": "r"}
    for actor, target in ((user, "x"), ("user-other", user)):
        audit.add(AuditEntry(at="2027-01-15T08:00:00+00:00", actor=actor, target=target, **entry))
    data = TipRatedV1(decision="d", rating=1, comment=f"{CANARY} comment")
    event = Event(id=new_id(), source="/t", time="2027-01-15T08:00:00+00:00", data=data, user=user)
    with bench.database.begin() as connection:
        bench.events.bus.publish(connection, event)


def test_an_erasure_over_http_ends_with_no_byte_left(bench: ServedHome) -> None:
    """Profile, consent and export by session; erased, the session counts no more, and nothing of the user is found."""
    user, key = _filled_and_erased(bench)
    root = bench.settings.home.root
    assert found(root, [user.encode(), CANARY.encode(), key]) == {}


def test_what_a_request_under_way_wrote_goes_with_the_last_step(bench: ServedHome) -> None:
    """Every module has answered, then a row about the user comes in: it is not there after the end."""
    user, _ = bench.person()

    async def story() -> None:
        async with bench.events.life():
            await asyncio.to_thread(bench.modules.erasure.saga.erase, user, "self")
            await _until(lambda: not any(erasure.waiting for erasure in bench.modules.erasure.saga.erasures()))

    asyncio.run(story())
    _plant(bench, user)
    assert bench.modules.erasure.saga.step() == 1
    assert found(bench.settings.home.root, [user.encode(), CANARY.encode()]) == {}


@pytest.mark.slow
def test_an_erasure_over_a_broker_leaves_nothing_to_read(tmp_path: Path) -> None:
    """The same saga over JetStream: in its files stay ids and sealed bytes, neither what was said nor a key."""
    with nats_server(tmp_path / "nats") as server:
        bench = ServedHome(tmp_path / "home", NATS_URL=server.url)
        user, key = _filled_and_erased(bench)
        bench.database.dispose()
        assert found(tmp_path / "home", [user.encode(), CANARY.encode(), key]) == {}
        assert found(tmp_path / "nats", [CANARY.encode(), key]) == {}
        assert found(tmp_path / "nats", [user.encode()]) != {}, "the search reads the broker's files"


MODELS = """
[endpoints.far]
base_url = "{url}"

[[models]]
name = "varied"
provider = "openai"
endpoint = "far"
model = "varied"
local = true
"""


def test_cells_of_a_published_board_write_for_a_context(tmp_path: Path) -> None:
    """As the server puts it together: board, worker, serving in this process, a sealed text and its decision."""
    root = tmp_path / "home"
    root.mkdir(mode=0o700)
    (root / "tipbench.toml").write_text("[recommender.ahead]\ncells = 2\nwithin_s = 120\n")
    with model_server() as peer:
        (root / "catalog").mkdir()
        (root / "catalog" / "models.toml").write_text(MODELS.format(url=peer.url))
        home = ServedHome(root)
        layered = replace(benched(home.settings.home), layers=home.settings.layers)
        options = Options(models=("varied",), prompts=("terse", "coach"), n_tips=1)
        spec = launch(layered, "tip-bench-ahead", options, ["heuristics"], by_default=True)
        run_chain(StepContext(layered, "r"), spec, BENCHMARK)
        recommender, user = home.modules.service("recommender"), home.person()[0]
        wanted = TipRequest(surface=Surface.PAGE, k=9, context={"area": "sleep", "situation": f"{CANARY} lies awake"})

        def written() -> list[str]:
            made = recommender.recommend(user, wanted).tips
            return [tip.cell.prompt for tip in made if tip.reason.endswith("written for this context")]

        assert written() == []
        peer.bodies.clear()

        def is_written() -> bool:
            with home.database.connect() as connection:
                return connection.execute(sa.text("SELECT id FROM recommender_texts")).first() is not None

        asyncio.run(_lived(home, is_written))
        assert sorted(written()) == ["coach", "terse"]
        assert CANARY in str(peer.bodies)
        assert user not in str(peer.bodies)
    home.database.dispose()
    assert found(root, [CANARY.encode()]) == {}


async def _lived(home: ServedHome, holds: Callable[[], bool]) -> None:
    async with home.modules.life():
        await _until(holds)


async def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)


def _filled_and_erased(bench: ServedHome) -> tuple[str, bytes]:
    """The id of a user who told much of themselves and is erased, and their key as it lay on the disk."""
    user, secret = bench.person()
    app = bench.edge(ORIGIN)
    headers = {"cookie": f"tipbench_session={secret}", "origin": ORIGIN, "x-tipbench": "1"}

    async def story() -> bytes:
        transport = httpx.ASGITransport(app=app)
        client = httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
        async with bench.events.life(), bench.modules.life(), client:
            body = {"name": f"{CANARY} Ada", "preferences": {"time_zone": "Pacific/Apia"}}
            put = await client.put("/v1/profile", json=body, headers={"if-match": "*"})
            assert put.status_code == 200
            yes = {"given": True, "version": 1}
            assert (await client.put("/v1/profile/consents/push", json=yes)).status_code == 200
            _plant(bench, user)
            archive = (await client.post("/v1/profile/export")).content
            await _until(lambda: all(lag.complete and not lag.waiting for lag in bench.events.lag()))
            assert (await client.post("/v1/profile/erase", json={})).status_code == 202
            await _until(lambda: all(erasure.done_at for erasure in bench.modules.erasure.saga.erasures()))
            assert (await client.get("/v1/profile")).status_code == 401
        return archive

    bench.keys.sealer.seal(user, "x", b"y")
    key = wrapped_key(bench.settings.home.root, user)
    archive = asyncio.run(story())
    bench.modules.erasure.saga.step()
    with ZipFile(io.BytesIO(archive)) as whole:
        manifest = json.loads(whole.read("manifest.json"))
        everything = b"".join(whole.read(name) for name in whole.namelist())
    assert {entry["module"] for entry in manifest["files"]} == {
        "auth",
        "benchmark",
        "gateway",
        "profile",
        "events",
        "integrations",
        "notifier",
        "recommender",
    }
    assert everything.count(CANARY.encode()) >= 2
    assert bench.auth.user(user) is None
    return user, key
