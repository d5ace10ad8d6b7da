"""A browser of ours and a provider of ours, for tests of signing in: the provider says whatever the test wants."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.requests import Request

from contracts.access.oidc import ConfiguredAdmin, Provider
from resources.oidc import OidcClient
from resources.privacy.user_key_file import UserKeyFile
from resources.privacy.user_keys import UserKeys
from services.auth.module import AuthModule
from services.auth.oidc_client.identities import Identities
from services.auth.oidc_client.sign_in import SignIn, SignInResult
from tests.deadline import DEADLINE_S
from tests.services.auth.site import app_of, site_of

ORIGIN = "http://127.0.0.1:3000"
OURS = {"Origin": ORIGIN, "X-Tipbench": "1", "Content-Type": "application/json"}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def identities_in(folder: Path) -> Identities:
    """Identities sealed under users' keys in a file of that folder."""
    return Identities(b"i" * 32, UserKeys(UserKeyFile(folder / "user-keys.db"), b"h" * 32))


def public_jwk(kid: str, private: Any = RSA, **more: Any) -> dict[str, Any]:
    """A public key as a provider publishes it."""
    algorithm = jwt.algorithms.RSAAlgorithm if private is RSA else jwt.algorithms.ECAlgorithm
    return {**algorithm.to_jwk(private.public_key(), as_dict=True), "kid": kid, **more}


class OwnProvider:
    """Serves discovery, keys and the exchange of a code on loopback; each is a field that the test may change."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now, self.issuer = now, ""
        self.keys: list[dict[str, Any]] = [public_jwk("one")]
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.make: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(claims, RSA, "RS256", {"kid": "one"})
        self.requested: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.nonce = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OwnProvider"]:
        """Serve on a free port."""
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discover)
        app.router.add_get("/jwks", self._jwks)
        app.router.add_post("/token", self._token)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield self
        finally:
            await runner.cleanup()

    async def _discover(self, _: web.Request) -> web.Response:
        self.requested.append("facts")
        named = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/jwks"}
        said = {"issuer": self.issuer, **{name: self.issuer + path for name, path in named.items()}}
        return web.json_response({**said, **self.metadata})

    async def _jwks(self, _: web.Request) -> web.Response:
        self.requested.append("keys")
        return web.json_response({"keys": self.keys})

    async def _token(self, request: web.Request) -> web.Response:
        self.requested.append("token")
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        now = int(self.now())
        claims = {"iss": self.issuer, "aud": "us", "sub": "alice", "iat": now, "exp": now + 300, "nonce": self.nonce}
        claims = {name: value for name, value in {**claims, **self.claims}.items() if value is not None}
        return web.json_response({"id_token": self.make(claims), "access_token": "unused", "token_type": "Bearer"})


class Visit:
    """One browser at our site, whose provider is `provider`; `events` are the sign-ins that came to their end."""

    def __init__(self, sign_in: SignIn, auth: AuthModule, own: OwnProvider | None, origin: str = ORIGIN) -> None:
        self.own, self.events = own, list[str]()

        async def signed(_: Request, arrived: SignInResult) -> None:
            self.events.append(arrived.event)

        app = app_of(site_of(auth, origin, sign_in=sign_in, signed=signed))
        self.browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=origin)

    async def login(self, path: str = "/auth/login/own") -> dict[str, str]:
        """Go to the provider; what it was sent."""
        return self.sent(await self.browser.get(path))

    def sent(self, answer: httpx.Response) -> dict[str, str]:
        """The parameters of the provider's page in an answer."""
        location = answer.headers.get("location") or answer.json()["location"]
        sent = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        if self.own is not None:
            self.own.nonce = sent["nonce"]
        return sent

    async def back(self, sent: dict[str, str], **more: Any) -> httpx.Response:
        """Come back from the provider."""
        given = {"code": "a-code", "state": sent["state"], **more}
        given = {name: value for name, value in given.items() if value is not None}
        return await self.browser.get("/auth/callback/own", params=given)

    async def me(self) -> dict[str, Any]:
        """Who the browser is."""
        answer = await self.browser.get("/auth/me")
        return dict(answer.json(), status=answer.status_code)


def visiting(
    auth: AuthModule,
    clock: Callable[[], float],
    story: Callable[[Visit], Any],
    *,
    admins: Callable[[str], Sequence[ConfiguredAdmin]] = lambda _: (),
    **given: Any,
) -> Any:
    """Run a story with a provider named `own`; `given` changes how it is configured."""

    async def run(folder: Path) -> Any:
        async with OwnProvider(clock).running() as own:
            provider = Provider(**{"name": "own", "label": "Own", "issuer": own.issuer, "client_id": "us", **given})
            sign_in = SignIn(
                auth,
                OidcClient(clock=time.monotonic, wait_s=DEADLINE_S),
                [provider],
                ORIGIN,
                identities=identities_in(folder),
                admins=admins(own.issuer),
                clock=clock,
            )
            visit = Visit(sign_in, auth, own)
            async with visit.browser:
                return await story(visit)

    with TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder)))


def sign_in_refused(answer: httpx.Response, code: str, status: int = 400) -> None:
    """The answer is that refusal, and no session."""
    assert (answer.status_code, answer.headers["x-tipbench-code"]) == (status, code)
    assert "tipbench_session" not in str(answer.headers.get_list("set-cookie"))
