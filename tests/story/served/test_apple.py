"""Signing in with Apple in a browser over https: the provider is another site and answers by a cross-site POST."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.routing import Router

from contracts.access.oidc import ProviderRefused
from contracts.modules.erasure import Erasure, GrantsLeft
from contracts.paging import PageRequest
from resources.bench_context import BenchContext
from resources.dagster.host import DagsterHost
from resources.oidc import OidcClient
from services.auth.module import AuthModule
from services.auth.oidc_client.provider_revocation import ProviderGrants
from services.auth.oidc_client.sign_in import SignIn
from services.auth.tokens.signing_keys import KeyRing
from services.profile.erasure.saga import REST_S
from tests.deadline import DEADLINE_S
from tests.ports import reserved_port
from tests.resources.conftest import bench
from tests.services.auth.node_peer import provider_running
from tests.story.peers.apple import CLIENT, INNER, KEY, SITE, TEAM, Authority, Front, serving
from tests.story.peers.browser import Browser, Tab
from wiring.auth_settings import AuthTable, ProviderTable
from wiring.container import Container
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.launches import build_launches
from wiring.modules.auth import build_identities
from wiring.modules.events import Events
from wiring.modules.running import RunningModules
from wiring.modules.sign_in import build_sign_in
from wiring.server.endpoints import Endpoints

__all__ = ["bench"]
ORIGIN = f"https://{SITE}"
pytestmark = [pytest.mark.slow, pytest.mark.browser]


@dataclass
class Apple:
    """The running server, the front, and a browser that knows both sites."""

    auth: AuthModule
    front: Front
    tab: Tab
    database: sa.Engine
    home: Path
    modules: RunningModules
    events: Events
    client: OidcClient
    secret: Callable[[float], str]
    ahead: list[float]

    def cookies(self) -> dict[str, dict[str, object]]:
        """Those of our site."""
        found = self.tab.call("Network.getCookies", urls=[f"{ORIGIN}/"])["cookies"]
        return {cookie["name"]: cookie for cookie in found}

    def users(self) -> int:
        """How many there are."""
        return len(self.auth.users(PageRequest(first=100)).rows)

    def works(self, token: str) -> bool:
        """Whether the provider still takes a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        try:
            asyncio.run(self.client.tokens(self.front.issuer, form, (CLIENT, self.secret(time.time()))))
        except ProviderRefused:
            return False
        return True

    def erased(self) -> Erasure:
        """The one erasure, when events were delivered and all was done."""

        async def run() -> Erasure:
            until = time.monotonic() + DEADLINE_S
            async with self.events.life(), self.modules.life():
                while time.monotonic() < until:
                    (found,) = await asyncio.to_thread(self.modules.erasure.saga.erasures)
                    if found.done_at is not None:
                        return found
                    await asyncio.sleep(0.05)
            raise AssertionError("the erasure did not end in time")

        return asyncio.run(run())

    def begin(self) -> None:
        """From our page to the provider's."""
        self.press()
        self.tab.until("location.origin === " + repr(self.front.issuer))

    def press(self) -> None:
        """The link of our page."""
        self.tab.visit(f"{ORIGIN}/auth/sign-in?next=/auth/me")
        self.tab.press("Sign in with Apple")

    def sign_in(self, login: str) -> None:
        """Type the name there and allow it."""
        self.begin()
        for name, value in (("login", login), ("password", "x")):
            self.tab.act(f"document.querySelector('input[name={name}]')", f"found.value = {value!r}")
        self.tab.press("Sign-in")
        self.tab.press("Continue")
        self.tab.until(f"location.origin === {ORIGIN!r}")


@pytest.fixture(scope="module")
def provider_ports() -> Iterator[tuple[int, int]]:
    """The certified provider's port, and that of the front, by which it calls itself."""
    with reserved_port() as inner, reserved_port() as outer:
        issuer, callback = f"https://127.0.0.1:{outer}", f"{ORIGIN}/auth/callback/apple"
        with provider_running("apple.mjs", inner, issuer, CLIENT, INNER, callback):
            yield inner, outer


@pytest.fixture
def apple(
    bench: BenchContext,
    tmp_path: Path,
    provider_ports: tuple[int, int],
    authority: Authority,
    site_port: int,
    browser: Browser,
) -> Iterator[Apple]:
    """All of it, by the preset of tipbench.toml."""
    inner, outer = provider_ports
    issuer = f"https://127.0.0.1:{outer}"
    private = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "apple.p8").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    front = Front(f"http://127.0.0.1:{inner}", private.public_key())
    front.issuer = issuer
    database = open_database(bench.home, None)
    auth = AuthModule(database, KeyRing(bench.home.keys), clock=time.time)
    entry = ProviderTable(
        name="apple", preset="apple", client_id=CLIENT, issuer=issuer, team_id=TEAM, key_id=KEY, key_file="apple.p8"
    )
    keys = home_keys(bench.home)
    identities = build_identities(keys)
    known = build_sign_in(AuthTable(providers=(entry,)), {}, tmp_path, auth, ORIGIN, identities).providers
    client = OidcClient(wait_s=DEADLINE_S, trust=authority.trusted())
    sign_in = SignIn(auth, client, list(known.values()), ORIGIN, identities=identities)
    host = DagsterHost(bench.home, tmp_path / "away.sock")
    launches = build_launches(bench, host, database)
    events, ahead = Events(database, keys.sealer), [0.0]
    grants = ProviderGrants(
        database,
        identities,
        lambda: list(known.values()),
        lambda: OidcClient(wait_s=DEADLINE_S, trust=authority.trusted()),
    )
    modules = RunningModules(
        bench.home,
        database,
        auth,
        events.bus,
        keys.sealer,
        grants=grants,
        clock=lambda: time.time() + ahead[0],
    )
    events.consume(*modules.consumers)
    secret = known["apple"].secret
    assert secret is not None
    endpoints = Endpoints(
        Container(
            bench=bench,
            database=database,
            auth=auth,
            launches=launches,
            modules=modules,
            origin=ORIGIN,
            sign_in=sign_in,
        )
    )
    with (
        serving(endpoints.edge(Router(endpoints.routes())), front, authority, (site_port, outer)),
        browser.tab() as tab,
    ):
        asking = OidcClient(wait_s=DEADLINE_S, trust=authority.trusted())
        yield Apple(auth, front, tab, database, bench.home.root, modules, events, asking, secret, ahead)
    database.dispose()
    host.close()


def test_a_person_signs_in_with_apple(apple: Apple) -> None:
    """The form comes back from another site with the attempt's cookie; the secret is looked at; no name is kept."""
    apple.begin()
    attempt = apple.cookies()["__Host-tipbench_attempt"]
    assert (attempt["sameSite"], attempt["secure"], attempt["httpOnly"]) == ("None", True, True)
    apple.sign_in("somebody")
    apple.tab.until_seen('"role":"USER"')
    assert apple.tab.ask("location.href") == f"{ORIGIN}/auth/me"
    cookies = apple.cookies()
    assert set(cookies) == {"__Host-tipbench_session"}
    session = cookies["__Host-tipbench_session"]
    assert (session["sameSite"], session["secure"], session["httpOnly"]) == ("Lax", True, True)
    assert len(apple.front.secrets) == 1
    assert apple.front.secrets[0]["aud"] == apple.front.issuer
    assert apple.tab.ran == []
    apple.press()  # the provider remembers who it is, and answers at once
    apple.tab.until(f"location.href === '{ORIGIN}/auth/me'")
    assert (len(apple.front.secrets), apple.users()) == (2, 1)
    assert apple.cookies()["__Host-tipbench_session"]["value"] != session["value"]
    contents = [path.read_bytes() for path in apple.home.rglob("*") if path.is_file()]
    assert not any(text in data for data in contents for text in (b"planted-name", b"planted-relay", b"somebody"))


def test_erasing_takes_the_grant_back_at_apple(apple: Apple) -> None:
    """Apple is away and then back; the refresh token works until then and no more; it stands nowhere in the home."""
    apple.sign_in("somebody")
    apple.tab.until_seen('"role":"USER"')
    user, token = apple.auth.users(PageRequest(first=1)).rows[0].id, apple.front.given[-1]
    contents = [path.read_bytes() for path in apple.home.rglob("*") if path.is_file()]
    assert not any(token.encode() in data for data in contents)
    saga, apple.front.away = apple.modules.erasure.saga, True
    assert saga.erase(user, "self").grants is GrantsLeft.HELD
    saga.step()
    assert saga.erasures()[0].grants is GrantsLeft.HELD
    assert apple.works(token)
    apple.front.away = False
    shown = len(apple.front.secrets)
    apple.ahead[0] += REST_S
    saga.step()
    assert saga.erasures()[0].grants is GrantsLeft.RETURNED
    assert (len(apple.front.secrets), apple.front.refused) == (shown + 1, [])
    assert not apple.works(token)
    assert apple.erased().grants is GrantsLeft.RETURNED
    assert apple.users() == 0
    contents = [path.read_bytes() for path in apple.home.rglob("*") if path.is_file()]
    assert not any(text.encode() in data for data in contents for text in (token, user))


def test_a_secret_of_another_key_signs_nobody_in(apple: Apple) -> None:
    """The front refuses it as Apple does; the browser is told, and has no session."""
    apple.front.key = ec.generate_private_key(ec.SECP256R1()).public_key()
    apple.sign_in("somebody")
    apple.tab.until_seen("the provider refused the code")
    assert apple.front.refused == ["InvalidSignatureError"]
    assert "__Host-tipbench_session" not in apple.cookies()
    assert apple.users() == 0


def test_another_sites_form_with_a_state_of_its_own_signs_nobody_in(apple: Apple) -> None:
    """Posted from the provider's origin into a browser that has begun a sign-in: the cookie does not fit its state."""
    apple.begin()
    apple.tab.ask(
        "(() => { const form = document.createElement('form'); form.method = 'post';"
        f"form.action = '{ORIGIN}/auth/callback/apple';"
        "for (const [name, value] of [['state', 's'.repeat(43)], ['code', 'stolen']]) {"
        "const field = document.createElement('input'); field.name = name; field.value = value; form.append(field); }"
        "document.body.append(form); HTMLFormElement.prototype.submit.call(form); return 1; })()"
    )
    apple.tab.until_seen("this sign-in was not begun in this browser")
    assert apple.cookies() == {}
    assert apple.front.secrets == []
