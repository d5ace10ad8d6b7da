"""A native app signs its user in with the system's browser: consent, a listener on loopback, tokens, their end."""

import base64
import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import uvicorn
from starlette.routing import Router

from contracts.access.caller import Role
from resources.bench_context import BenchContext
from resources.dagster.host import DagsterHost
from services.auth.module import AuthModule
from services.auth.oauth_server.clients import NativeClient
from services.auth.tokens.signing_keys import KeyRing
from tests.deadline import DEADLINE_S
from tests.resources.conftest import bench
from tests.running_server import running_in_thread
from tests.story.peers.browser import Browser, Tab
from wiring.container import Container
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.launches import build_launches
from wiring.modules.events import Events
from wiring.modules.running import RunningModules
from wiring.server.endpoints import Endpoints

__all__ = ["bench"]
pytestmark = [pytest.mark.slow, pytest.mark.browser]
CLIENT = NativeClient("tip-app", "Tips", ("http://127.0.0.1/signed-in",))
VERIFIER = "planted-verifier-" + "v" * 40


@dataclass
class Phone:
    """The app: it listens where its code comes, and asks for tokens by itself."""

    origin: str
    tab: Tab
    auth: AuthModule
    came: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """On a free port of loopback."""
        came = self.came

        class Answer(BaseHTTPRequestHandler):
            """Keeps what the browser brings."""

            def do_GET(self) -> None:
                """One answer."""
                if self.path.startswith("/signed-in?"):
                    came.append({name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()})
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"back in the app")

            def log_message(self, *_: object) -> None:
                """Nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
            self.port = server.server_port
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join(DEADLINE_S)

    @property
    def redirect(self) -> str:
        """Where the code comes."""
        return f"http://127.0.0.1:{self.port}/signed-in"

    def address(self) -> str:
        """What the app opens in the browser."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
        parameters = {
            "response_type": "code",
            "client_id": CLIENT.id,
            "redirect_uri": self.redirect,
            "state": "a state",
        }
        parameters |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.origin}/auth/authorize?{urlencode(parameters)}"

    def ask(self, **form: str) -> httpx.Response:
        """The token endpoint."""
        return httpx.post(f"{self.origin}/auth/token", data={"client_id": CLIENT.id, **form}, timeout=DEADLINE_S)

    def sign_in(self) -> None:
        """Give the browser a session, by a link."""
        link = self.auth.invite(Role.USER, None, "tester")
        self.tab.visit(f"{self.origin}/auth/invitation#{link.secret}")
        self.tab.press("Accept and sign in")
        self.tab.until("location.pathname === '/'")


@pytest.fixture
def phone(bench: BenchContext, tmp_path: Path, browser: Browser) -> Iterator[Phone]:
    """The server on loopback, a browser and the app."""
    listening = socket.create_server(("127.0.0.1", 0))
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    database, keys = open_database(bench.home, None), home_keys(bench.home)
    bus = Events(database, keys.sealer).bus
    auth = AuthModule(database, KeyRing(bench.home.keys), clock=time.time, bus=bus)
    host = DagsterHost(bench.home, tmp_path / "away.sock")
    launches = build_launches(bench, host, database)
    modules = RunningModules(bench.home, database, auth, bus, keys.sealer)
    endpoints = Endpoints(
        Container(
            bench=bench,
            database=database,
            auth=auth,
            launches=launches,
            modules=modules,
            origin=origin,
            clients=[CLIENT],
        )
    )
    app = endpoints.edge(Router(endpoints.routes()))
    with (
        listening,
        running_in_thread(uvicorn.Config(app, log_level="error"), listening),
        browser.tab() as tab,
    ):
        made = Phone(origin, tab, auth)
        with made.listening():
            yield made
        database.dispose()
        host.close()


def test_an_app_signs_its_user_in_with_the_browser(phone: Phone) -> None:
    """The button leads to the app's own port; its tokens work through the edge, refresh once, and end."""
    phone.tab.visit(phone.address())
    phone.tab.until("location.pathname === '/auth/sign-in'")
    phone.sign_in()
    phone.tab.visit(phone.address())
    phone.tab.until_seen("The app Tips wants to act for you")
    phone.tab.press("Allow")
    phone.tab.until_seen("back in the app")
    (given,) = phone.came
    assert (given["state"], given["iss"]) == ("a state", phone.origin)
    code = {"grant_type": "authorization_code", "code": given["code"], "redirect_uri": phone.redirect}
    tokens = phone.ask(**code, code_verifier=VERIFIER).json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert httpx.get(f"{phone.origin}/v1/home", headers=bearer, timeout=DEADLINE_S).status_code == 200
    renewed = phone.ask(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    form = {"client_id": CLIENT.id, "token": renewed["refresh_token"]}
    assert httpx.post(f"{phone.origin}/auth/revoke", data=form, timeout=DEADLINE_S).status_code == 200
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert httpx.get(f"{phone.origin}/v1/home", headers=bearer, timeout=DEADLINE_S).status_code == 401
    assert phone.ask(grant_type="refresh_token", refresh_token=renewed["refresh_token"]).status_code == 400


def test_a_user_does_not_allow_it_and_no_page_gets_a_token(phone: Phone) -> None:
    """The app is told `access_denied`; our own page's script asking for tokens is refused."""
    phone.sign_in()
    phone.tab.visit(phone.address())
    phone.tab.press("Do not allow")
    phone.tab.until_seen("back in the app")
    assert phone.came[0]["error"] == "access_denied"
    phone.tab.visit(f"{phone.origin}/auth/me")
    phone.tab.until_seen("subject")
    asking = "fetch('/auth/token', {method: 'POST', body: new URLSearchParams({grant_type: 'refresh_token'})})"
    assert phone.tab.ask(f"{asking}.then(answer => answer.status)") == 403
    without = asking.replace("{method", "{credentials: 'omit', method")
    assert phone.tab.ask(f"{without}.then(answer => answer.status)") == 403
