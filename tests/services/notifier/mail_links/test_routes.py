"""Links of a mail that a relay really took, opened over HTTP without a session, at a server that runs."""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.routing import Router

from contracts.modules.events import Event
from kit.times import utc_now
from services.auth.sessions.browser_policy import BrowserPolicy
from services.auth.sessions.caller import authenticate
from services.gateway.edge.middleware import EdgeMiddleware, EdgeRules
from services.notifier.channels.settings import MailTable, NotifierTable
from tests.deadline import DEADLINE_S
from tests.services.notifier.channels.mail.relay_peer import RelayPeer, relay_in_thread
from tests.services.notifier.world import request
from tests.story.peers.apple import Authority
from tests.wiring.served_home import ServedHome
from wiring.modules.context import new_id
from wiring.modules.events import build_events
from wiring.modules.running import build_modules

ADA = "ada@home.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Mailed:
    """A server whose notices go to the relay, a user with a session, and a stranger who has links alone."""

    def __init__(self, bench: ServedHome, relay: RelayPeer, origin: str, user: httpx.AsyncClient, name: str) -> None:
        self.bench, self.relay, self.origin, self.user, self.name = bench, relay, origin, user, name

    def mails(self) -> list[EmailMessage]:
        """What the relay took."""
        taken = [each.content for each in self.relay.envelopes]
        return [message_from_bytes(each, policy=default) for each in taken if isinstance(each, bytes)]

    async def mail(self, subject: str) -> EmailMessage:
        """Wait for a mail and return it."""
        await _until(lambda: subject in {mail["Subject"] for mail in self.mails()})
        return next(mail for mail in self.mails() if mail["Subject"] == subject)

    def notify(self, title: str) -> str:
        """Request a notice of the topic sleep; return its id."""
        event = Event(id=new_id(), source="/tests", time=utc_now(), data=request(title), user=self.name)
        with self.bench.database.begin() as connection:
            self.bench.events.bus.publish(connection, event)
        return event.id

    async def why(self, notice: str) -> str:
        """Wait until a notice has ended; return its code."""
        found: dict[str, Any] = {}
        until = time.monotonic() + DEADLINE_S
        while found.get("state") != "settled":
            assert time.monotonic() < until
            await asyncio.sleep(0.1)
            answer = await self.user.get(f"/v1/notices/{notice}/why")
            found = answer.json() if answer.status_code == 200 else {}
        return str(found["code"])


@pytest.mark.slow
def test_the_links_of_a_mail_do_over_http_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a session: looking changes nothing, one click ends the topic's mail, again it is the same.

    A link that somebody changed is none. The page of settings withdraws the consent to mail.
    """
    authority, relay = Authority(tmp_path), RelayPeer()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

    async def story() -> None:
        patient = httpx.AsyncClient(timeout=DEADLINE_S, trust_env=False)
        async with _mailed(tmp_path / "home", relay) as mailed, patient as stranger:
            await _confirmed(mailed, stranger)
            mailed.notify("first")
            mail = await mailed.mail("first")
            await _unsubscribed(mailed, stranger, str(mail["List-Unsubscribe"]).strip("<>"))
            assert await mailed.why(mailed.notify("second")) == "unsubscribed"
            text = mail.get_body(("plain",))
            assert text is not None
            await _withdrawn(mailed, stranger, _link(mailed, text.get_content(), "mail-settings"))
            assert await mailed.why(mailed.notify("third")) == "no_consent"
            assert [mail["Subject"] for mail in mailed.mails()] == ["Confirm your address", "first"]

    with relay_in_thread(relay, authority.served()):
        asyncio.run(story())


async def _confirmed(mailed: Mailed, stranger: httpx.AsyncClient) -> None:
    """Choose mail by session, and confirm the address by the link of its mail, without one."""
    chosen = {"name": "Ada", "preferences": {"channels": ["email"]}}
    assert (await mailed.user.put("/v1/profile", json=chosen, headers={"if-match": "*"})).status_code == 200
    yes = {"given": True, "version": 1}
    assert (await mailed.user.put("/v1/profile/consents/email", json=yes)).status_code == 200
    assert (await mailed.user.put("/v1/mail-address", json={"address": ADA})).status_code == 200
    text = (await mailed.mail("Confirm your address")).get_body(("plain",))
    assert text is not None
    link = _link(mailed, text.get_content(), "mail-confirmation")
    assert (await stranger.get(link)).status_code == 200
    assert (await mailed.user.get("/v1/mail-address")).json()["address"] is None
    assert (await stranger.post(link, data={"do": "confirm"})).status_code == 200
    assert (await mailed.user.get("/v1/mail-address")).json()["address"] == ADA


async def _unsubscribed(mailed: Mailed, stranger: httpx.AsyncClient, link: str) -> None:
    """Look at the link, change it, leave out its body, and then click, as the server of a mail provider does."""
    assert link.startswith(f"{mailed.origin}/v1/unsubscribe/")
    for _ in range(2):
        seen = await stranger.get(link)
        assert (seen.status_code, "You get mail about" in seen.text) == (200, True)
    wrong = link[:-6] + ("A" if link[-6] != "A" else "B") + link[-5:]
    for answer in (await stranger.get(wrong), await stranger.post(wrong, data=ONE_CLICK)):
        assert (answer.status_code, answer.headers["x-tipbench-code"]) == (404, "NOT_FOUND")
    assert (await stranger.post(link, data={"other": "One-Click"})).status_code == 422
    assert "You get mail about" in (await stranger.get(link)).text
    for _ in range(2):
        done = await stranger.post(link, data=ONE_CLICK)
        assert (done.status_code, "You get no more mail" in done.text) == (200, True)
        assert "set-cookie" not in done.headers


async def _withdrawn(mailed: Mailed, stranger: httpx.AsyncClient, link: str) -> None:
    """By the button of the page, as often as it is pressed."""
    page = await stranger.get(link)
    assert (page.status_code, 'value="withdraw"' in page.text, "sleep" in page.text) == (200, True, True)
    for _ in range(2):
        answer = await stranger.post(link, data={"do": "withdraw"}, headers={"origin": mailed.origin})
        assert (answer.status_code, "You have not agreed to mail" in answer.text) == (200, True)


def _link(mailed: Mailed, text: str, path: str) -> str:
    found = re.search(rf"{mailed.origin}/v1/{path}/[\w-]+", text)
    assert found is not None
    return found[0]


@asynccontextmanager
async def _mailed(root: Path, relay: RelayPeer) -> AsyncIterator[Mailed]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        mail = MailTable(host="127.0.0.1", port=relay.port, sender="tips@tips.example", origin=origin)
        bench = ServedHome(root)
        settings = replace(bench.settings, module_settings={"notifier": NotifierTable(mail=mail)})
        bench.events = build_events(settings, bench.database, bench.keys.sealer)
        bench.modules = build_modules(settings, bench.database, bench.auth, bench.events, bench.keys)
        name, secret = bench.person()
        headers = {"cookie": f"tipbench_session={secret}", "origin": origin, "x-tipbench": "1"}
        user = httpx.AsyncClient(base_url=origin, headers=headers, timeout=DEADLINE_S, trust_env=False)
        async with bench.events.life(), bench.modules.life(), _listening(_edge(bench, origin), listening), user:
            yield Mailed(bench, relay, origin, user, name)
        bench.database.dispose()


@asynccontextmanager
async def _listening(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.ensure_future(server.serve([listening]))
    try:
        await _until(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        await serving


def _edge(bench: ServedHome, origin: str) -> Any:
    policy = BrowserPolicy(frozenset({origin}))

    async def who(scope: Any) -> Any:
        return await authenticate(scope, bench.auth, policy)

    rules = EdgeRules(frozenset({origin.partition("://")[2]}))
    app = Router(bench.modules.routes({}, policy.may_change))
    return EdgeMiddleware(app, rules, authenticate=who, may_change=policy.may_change, new_id=new_id)


async def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
