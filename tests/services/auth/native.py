"""A native app of ours, for tests of the code flow: it holds a verifier, and a browser of its user."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.requests import Request

from contracts.access.caller import Caller, Role
from services.auth.module import AuthModule
from services.auth.oauth_server.clients import NativeClient
from tests.services.auth.browsing import ORIGIN, OURS
from tests.services.auth.site import app_of, site_of

APP = NativeClient("tip-app", "Tip <app>", ("com.example.tips:/signed-in", "http://127.0.0.1/signed-in"))
OTHER = NativeClient("other-app", "Other", ("com.example.tips:/signed-in",))
REDIRECT = APP.redirects[0]
VERIFIER = "v" * 43


def challenge_of(verifier: str) -> str:
    """S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class App:
    """One installation, the browser beside it, and what the server was told of consents."""

    def __init__(self, auth: AuthModule, clock: Callable[[], float]) -> None:
        self.auth, self.allowed = auth, list[tuple[str, str, bool]]()

        async def allowed(_: Request, caller: Caller, client: str, done: bool) -> None:
            self.allowed.append((caller.subject, client, done))

        clients = {client.id: client for client in (APP, OTHER)}
        made = app_of(site_of(auth, ORIGIN, clients=clients, allowed=allowed, clock=clock))
        self.browser = httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url=ORIGIN)
        self.phone = httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url=ORIGIN)

    def sign_in(self, role: Role = Role.USER) -> str:
        """Give the browser a session of a new user; the user's id."""
        signed_in = self.auth.redeem(self.auth.invite(role, None, "tester").secret)
        self.browser.cookies.set("tipbench_session", signed_in.secret)
        return signed_in.caller.subject

    def query(self, **changed: str | None) -> str:
        """The request for a code."""
        fields = {
            "response_type": "code",
            "client_id": APP.id,
            "redirect_uri": REDIRECT,
            "state": "s t&te",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        return urlencode({name: value for name, value in (fields | changed).items() if value is not None})

    async def authorize(self, **changed: str | None) -> httpx.Response:
        """Open the page in the browser."""
        return await self.browser.get(f"/auth/authorize?{self.query(**changed)}")

    async def decide(self, page: httpx.Response, *, allow: bool = True, **headers: str) -> httpx.Response:
        """Press a button of the page."""
        request = page.text.partition('data-request="')[2].partition('"')[0]
        body = {"request": request, "allow": allow}
        return await self.browser.post("/auth/authorize", json=body, headers={**OURS, **headers})

    async def code(self, **changed: str | None) -> str:
        """A code, with the user's consent."""
        return answered((await self.decide(await self.authorize(**changed))).json()["location"])["code"]

    async def token(self, **form: str | None) -> httpx.Response:
        """Ask the token endpoint as the app."""
        fields = {"client_id": APP.id, **form}
        return await self.phone.post("/auth/token", data={k: v for k, v in fields.items() if v is not None})

    async def exchange(self, code: str, **changed: str | None) -> httpx.Response:
        """Exchange a code."""
        form = {"code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER, **changed}
        return await self.token(grant_type="authorization_code", **form)

    async def tokens(self) -> dict[str, Any]:
        """The first tokens, from the beginning."""
        answer = await self.exchange(await self.code())
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def refresh(self, token: str, **changed: str | None) -> httpx.Response:
        """Ask for the successor."""
        return await self.token(grant_type="refresh_token", refresh_token=token, **changed)

    async def me(self, access: str) -> httpx.Response:
        """Who the app acts for."""
        return await self.phone.get("/auth/me", headers={"Authorization": f"Bearer {access}"})


def answered(location: str) -> dict[str, str]:
    """What the app was sent to its redirect."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def refused(answer: httpx.Response, error: str, status: int = 400) -> None:
    """The answer is that error of RFC 6749, and no token."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert set(answer.json()) == {"error", "error_description"}
    assert "no-store" in answer.headers["cache-control"]


def with_app(auth: AuthModule, clock: Callable[[], float], story: Callable[[App], Any]) -> Any:
    """Run a story with an app and a browser."""

    async def run() -> Any:
        app = App(auth, clock)
        async with app.browser, app.phone:
            return await story(app)

    return asyncio.run(run())
