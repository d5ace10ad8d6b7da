"""A calendar from its connection to the tip that names a free hour, and to the last trace, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from contracts.modules.events import VOCABULARY, DecisionMadeV1
from services.events.envelope import Codec
from services.events.tables import OUTBOX
from tests.services.integrations.calendar_peer import calendar, event, serving, tagged
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


def test_a_connected_calendar_times_a_tip_until_it_is_removed(tmp_path: Path) -> None:
    """The reason names the next hour that the calendar leaves free; afterwards neither it nor a row is left."""
    begun = datetime.now(UTC).replace(microsecond=0)  # calendars count whole seconds
    busy_until = begun + timedelta(hours=2)
    body = calendar(event("m", _stamp(begun - timedelta(hours=1)), _stamp(busy_until), SUMMARY="CANARY appointment"))
    home = tmp_path / "home"
    home.mkdir()
    with serving({"/secret-a.ics": tagged(body)}) as peer:
        (home / "tipbench.toml").write_text(f'[up]\negress_exceptions = ["127.0.0.1:{peer.port}"]\n')
        bench = ServedHome(home)
        make_keys(bench.settings.home, {})
        user, secret = bench.person()
        said = asyncio.run(_story(bench, secret, peer.url()))
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


async def _story(bench: ServedHome, secret: str, address: str) -> list[str]:
    """The reasons of four tips: before, with the calendar, on the first screen, and after it was removed."""
    headers = {"cookie": f"tipbench_session={secret}", "origin": ORIGIN, "x-tipbench": "1"}
    transport = httpx.ASGITransport(app=bench.edge(ORIGIN))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:

        async def reason() -> str:
            answer = await client.post("/v1/recommend", json={"surface": "page"})
            found: dict[str, Any] = answer.json()
            return str(found["tips"][0]["reason"])

        said = [await reason()]
        new = {"provider": "icalendar", "address": address, "time_zone": "UTC"}
        made = await client.post("/v1/connections", json=new)
        assert made.status_code == 201, made.text
        assert made.json()["last_sync"]["items"] == 1
        said.append(await reason())
        screen = await asyncio.to_thread(bench.modules.service("recommender").standing, _subject(bench, secret))
        said.append(screen.tips[0].reason)
        path = f"/v1/connections/{made.json()['id']}"
        items = (await client.get(f"{path}/items")).json()
        assert [item["title"] for item in items["items"]] == ["CANARY appointment"]
        assert (await client.delete(path)).status_code == 204
        assert (await client.get("/v1/connections")).json() == {"connections": []}
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
