"""Connecting a provider over HTTP: a browser leaves and comes back, the provider sends, and what is then logged."""

import asyncio
import logging
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from contracts.integrations.connections import ProviderReturn
from tests.byte_search import found
from tests.services.integrations.oauth_peer import CLIENT, SECRET, OAuthPeer, providing
from tests.services.integrations.provider_apis import TodoistApi
from tests.wiring.conftest import ORIGIN
from tests.wiring.served_home import ServedHome
from wiring.keys import make_keys

FROM_ELSEWHERE = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
AS_JSON = {"content-type": "application/json"}
PROJECT = """
[up]
egress_exceptions = ["127.0.0.1:{port}"]
[integrations]
origin = "{origin}"
[integrations.todoist]
client_id = "{client}"
client_secret_env = "TODOIST_SECRET"
at = "http://127.0.0.1:{port}"
"""


def test_a_browser_leaves_for_the_provider_and_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The callback is followed from another site; another session gets a page of refusal, and so does nobody.

    Events are taken by their signature alone, from whoever sends them.
    """
    caplog.set_level(logging.DEBUG)
    home, todoist = tmp_path / "home", TodoistApi()
    home.mkdir()
    todoist.put("call", content="Call", due={"date": "2027-01-15"})
    with providing(OAuthPeer(todoist, time.time)) as provider:
        said = PROJECT.format(port=provider.port, origin=ORIGIN, client=CLIENT)
        (home / "tipbench.toml").write_text(said)
        bench = ServedHome(home, TODOIST_SECRET=SECRET)
        make_keys(bench.settings.home, {})
        secrets = [bench.person()[1] for _ in range(2)]
        answers = asyncio.run(_story(bench, secrets, provider, todoist))
        given, statuses, pages = answers
        assert statuses == [401, 400, 200, 400, 200, 401, 401, 204]
        assert [page.headers["referrer-policy"] for page in pages] == ["no-referrer"] * 4
        assert all("script" not in page.text and "default-src 'none'" in str(page.headers) for page in pages)
        assert "todoist.com can be read now" in pages[2].text
        assert pages[3].headers["x-tipbench-code"] == "ATTEMPT_GONE"
        assert provider.granted == 0
    canaries = [given.code.encode(), given.state.encode(), SECRET.encode()]
    logged = str(
        [record.getMessage() for record in caplog.records if record.name[:4] != "http"]
    )  # the test has clients
    assert not any(each.decode() in logged for each in canaries)
    assert found(home, canaries) == {}
    bench.database.dispose()


async def _story(
    bench: ServedHome, secrets: list[str], provider: OAuthPeer, todoist: TodoistApi
) -> tuple[ProviderReturn, list[int], list[Any]]:
    """What the provider gave, the statuses of callbacks, messages and the removal, and the callbacks' pages."""
    app = httpx.ASGITransport(app=bench.edge(ORIGIN))
    own, other = ({"cookie": f"tipbench_session={secret}"} for secret in secrets)
    ours = {**own, "origin": ORIGIN, "x-tipbench": "1"}
    async with httpx.AsyncClient(transport=app, base_url=ORIGIN) as client:
        begun = await client.post("/v1/connections/authorize", json={"provider": "todoist"}, headers=ours)
        assert begun.status_code == 200, begun.text
        given = await asyncio.to_thread(provider.consents, begun.json()["location"])
        query = urlencode({"state": given.state, "code": given.code, "scope": "data:read"})
        back = f"/v1/connections/callback/todoist?{query}"
        pages = [await client.get(back, headers={**FROM_ELSEWHERE, **who}) for who in ({}, other, own, own)]
        (made,) = (await client.get("/v1/connections", headers=own)).json()["connections"]
        messages = [todoist.message(), todoist.message(secret="another")]
        taken = [
            await client.post("/webhooks/providers/todoist", content=each.body, headers={**each.headers, **AS_JSON})
            for each in messages
        ]
        taken.append(await client.post("/webhooks/providers/google-calendar", headers={"x-goog-channel-id": "none"}))
        removed = await client.delete(f"/v1/connections/{made['id']}", headers=ours)
    return given, [answer.status_code for answer in (*pages, *taken, removed)], pages
