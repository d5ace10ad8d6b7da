"""A calendar from its connection to the tip that names a free hour, and to the last trace, over HTTP."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import sqlalchemy as sa
import standardwebhooks

from contracts.modules.events import VOCABULARY, DecisionMadeV1
from kit.times import iso
from services.events.envelope import Codec
from services.events.tables import OUTBOX
from tests.services.integrations.calendar_peer import calendar, event, serving, tagged
from tests.services.integrations.oauth_peer import CLIENT, SECRET, OAuthPeer, providing
from tests.services.integrations.provider_apis import GoogleApi, timed
from tests.wiring.conftest import ORIGIN
from tests.wiring.served_home import ServedHome
from wiring.keys import make_keys
from wiring.modules import module_named


def _stamp(moment: datetime) -> str:
    return f":{moment:%Y%m%dT%H%M%SZ}"


def _said(now: datetime, busy_until: datetime) -> str:
    """What a reason says at that moment: the first full hour by day after what is busy, hour by hour."""
    hour = max(now, busy_until) + timedelta(hours=1, microseconds=-1)
    hour = hour.replace(minute=0, second=0, microsecond=0)
    while not 8 <= hour.hour <= 20:
        hour += timedelta(hours=1)
    return f"; your calendar is free on {hour:%A} from {hour:%H:%M} to {hour + timedelta(hours=1):%H:%M}"


def _rows(bench: ServedHome, name: str) -> int:
    with bench.database.connect() as connection:
        tables = module_named(name).tables()
        return sum(
            connection.execute(sa.text(f"SELECT count(*) FROM {table.name}")).scalar_one()  # noqa: S608  # our own names
            for table in tables
        )


PROJECT = """
[up]
egress_exceptions = ["127.0.0.1:{port}"]
[integrations]
origin = "{origin}"
[integrations.google_calendar]
client_id = "{client}"
client_secret_env = "GOOGLE_SECRET"
at = "http://127.0.0.1:{port}"
"""
TITLE = "CANARY appointment"


def test_a_connected_calendar_times_a_tip_until_it_is_removed(tmp_path: Path) -> None:
    """The reason names the next hour that the calendar leaves free; afterwards neither it nor a row is left."""
    begun = datetime.now(UTC).replace(microsecond=0)  # calendars count whole seconds
    busy_until = begun + timedelta(hours=2)
    body = calendar(event("m", _stamp(begun - timedelta(hours=1)), _stamp(busy_until), SUMMARY=TITLE))
    home = tmp_path / "home"
    home.mkdir()
    with serving({"/secret-a.ics": tagged(body)}) as peer:
        (home / "tipbench.toml").write_text(f'[up]\negress_exceptions = ["127.0.0.1:{peer.port}"]\n')
        bench = ServedHome(home)
        make_keys(bench.settings.home, {})
        user, secret = bench.person()
        said = asyncio.run(_story(bench, secret, partial(_by_address, peer.url())))
    times = {_said(begun, busy_until), _said(datetime.now(UTC), busy_until)}
    before, with_it, screen, after = said
    assert "your calendar" not in before + after
    assert any(with_it.endswith(each) for each in times), (with_it, times)
    assert any(screen.endswith(each) for each in times)
    assert _rows(bench, "integrations") == 0
    decisions = _published(bench, user)
    assert len(decisions) == 4
    assert "your calendar" not in str(decisions)
    bench.database.dispose()


def test_a_calendar_connected_by_oauth_times_a_tip_until_it_is_removed(tmp_path: Path) -> None:
    """As one by its address does; afterwards no row is left here, and no token at the provider."""
    begun = datetime.now(UTC).replace(microsecond=0)
    busy_until, google = begun + timedelta(hours=2), GoogleApi()
    google.put("m", **timed(iso((begun - timedelta(hours=1)).timestamp()), iso(busy_until.timestamp()), summary=TITLE))
    home = tmp_path / "home"
    home.mkdir()
    with providing(OAuthPeer(google, time.time)) as provider:
        (home / "tipbench.toml").write_text(PROJECT.format(port=provider.port, origin=ORIGIN, client=CLIENT))
        bench = ServedHome(home, GOOGLE_SECRET=SECRET)
        make_keys(bench.settings.home, {})
        user, secret = bench.person()
        before, with_it, screen, after = asyncio.run(_story(bench, secret, partial(_by_oauth, provider)))
        assert provider.granted == 0
    times = {_said(begun, busy_until), _said(datetime.now(UTC), busy_until)}
    assert "your calendar" not in before + after
    assert any(with_it.endswith(each) for each in times), (with_it, times)
    assert any(screen.endswith(each) for each in times)
    assert _rows(bench, "integrations") == 0
    assert "your calendar" not in str(_published(bench, user))
    bench.database.dispose()


async def _by_address(address: str, client: httpx.AsyncClient) -> str:
    """Connect a calendar by its address, and have a signed message say that there is something to read."""
    new = {"provider": "icalendar", "address": address, "time_zone": "UTC"}
    made = await client.post("/v1/connections", json=new)
    assert made.status_code == 201, made.text
    assert made.json()["last_sync"]["items"] == 1
    id_ = str(made.json()["id"])
    webhook = (await client.post(f"/v1/connections/{id_}/webhook")).json()
    now = datetime.now(UTC)
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": standardwebhooks.Webhook(webhook["secret"]).sign("msg_1", now, "{}"),
    }
    taken = [await client.post(webhook["path"], content=b"{}", headers=signed) for _ in range(2)]
    assert [each.status_code for each in taken] == [202, 202], taken[0].text
    assert taken[0].json() == taken[1].json()
    assert (await client.post(webhook["path"], content=b"{ }", headers=signed)).status_code == 401
    return id_


async def _by_oauth(provider: OAuthPeer, client: httpx.AsyncClient) -> str:
    """Connect a calendar in a browser whose user agrees."""
    begun = await client.post("/v1/connections/authorize", json={"provider": "google-calendar"})
    assert begun.status_code == 200, begun.text
    given = await asyncio.to_thread(provider.consents, begun.json()["location"])
    query = urlencode({"state": given.state, "code": given.code})
    page = await client.get(f"/v1/connections/callback/google-calendar?{query}")
    assert page.status_code == 200, page.text
    (made,) = (await client.get("/v1/connections")).json()["connections"]
    assert (made["last_sync"]["items"], provider.granted) == (1, 2)
    return str(made["id"])


async def _story(bench: ServedHome, secret: str, connect: Callable[[httpx.AsyncClient], Awaitable[str]]) -> list[str]:
    """The reasons of four tips: before, with the calendar, on the first screen, and after it was removed."""
    headers = {"cookie": f"tipbench_session={secret}", "origin": ORIGIN, "x-tipbench": "1"}
    transport = httpx.ASGITransport(app=bench.edge(ORIGIN))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:

        async def reason() -> str:
            answer = await client.post("/v1/recommend", json={"surface": "page"})
            found: dict[str, Any] = answer.json()
            return str(found["tips"][0]["reason"])

        said = [await reason()]
        path = f"/v1/connections/{await connect(client)}"
        said.append(await reason())
        screen = await asyncio.to_thread(bench.modules.service("recommender").standing, _subject(bench, secret))
        said.append(screen.tips[0].reason)
        items = (await client.get(f"{path}/items")).json()
        assert [item["title"] for item in items["items"]] == [TITLE]
        assert (await client.delete(path)).status_code == 204
        left = (await client.get("/v1/connections")).json()
        offered = {(each["provider"], each["by"]) for each in left["providers"]}
        assert left["connections"] == []
        assert offered - {("google-calendar", "oauth")} == {("icalendar", "address"), ("github", "token")}
        said.append(await reason())
    return said


def _subject(bench: ServedHome, secret: str) -> str:
    caller = bench.auth.by_session(secret)
    assert caller is not None
    return caller.subject


def _published(bench: ServedHome, user: str) -> list[Any]:
    """What the events of the user's decisions say."""
    with bench.database.connect() as connection:
        chosen = sa.select(OUTBOX.c.body).where(OUTBOX.c.type == DecisionMadeV1.type, OUTBOX.c.user == user)
        codec = Codec(bench.keys.sealer, VOCABULARY)
        return [codec.decode(body).data for body in connection.execute(chosen).scalars()]
