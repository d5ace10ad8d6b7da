"""An Apple-shaped front of a certified provider, over https of a local authority, and our server on another site."""

import asyncio
import base64
import datetime as dt
import hashlib
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import uvicorn
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID
from multidict import CIMultiDict

from tests.deadline import DEADLINE_S

SITE = "tips.example"
TEAM, KEY, CLIENT, INNER = "TEAM123456", "KEY1234567", "example.tips.web", "known to the front alone"
SIX_MONTHS_S = 15_777_000
HOSTILE = "planted-name <script>ranHere('name')</script>"
HOPS = {"host", "connection", "keep-alive", "transfer-encoding", "content-length", "accept-encoding", "upgrade"}
SECRET = {"/auth/token", "/auth/revoke"}
"""Where the client shows its secret."""


@dataclass
class Authority:
    """A certificate authority of the test's own, and one certificate of it for both sites."""

    folder: Path
    certificate: Path = field(init=False)
    private: Path = field(init=False)
    pin: str = field(init=False)
    """What Chromium is told to trust: the hash of the authority's public key."""

    def __post_init__(self) -> None:
        root, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        above = _certificate("Local authority", root, None, root)
        below = _certificate(SITE, leaf, above, root)
        self.certificate, self.private = self.folder / "chain.pem", self.folder / "key.pem"
        self.certificate.write_bytes(below.public_bytes(Encoding.PEM) + above.public_bytes(Encoding.PEM))
        self.private.write_bytes(leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (self.folder / "authority.pem").write_bytes(above.public_bytes(Encoding.PEM))
        public = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.pin = base64.b64encode(hashlib.sha256(public).digest()).decode()

    def served(self) -> ssl.SSLContext:
        """For a server."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.certificate, self.private)
        return made

    def trusted(self) -> ssl.SSLContext:
        """For a client that knows this authority and no other."""
        return ssl.create_default_context(cafile=str(self.folder / "authority.pem"))


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, above: x509.Certificate | None, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(SITE), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if above is None else above.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=above is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return built.sign(signer, SHA256())


class Front:
    """Answers as Apple does: its discovery document, an ES256 client secret that is looked at, the name in the form."""

    def __init__(self, inner: str, key: ec.EllipticCurvePublicKey) -> None:
        self.inner, self.key = inner, key
        self.issuer = ""
        self.secrets: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.given: list[str] = []
        """Refresh tokens, as they came to our server."""
        self.away = False

    def app(self) -> web.Application:
        """Everything that is not Apple's own goes through to the provider."""
        made = web.Application()
        made.router.add_get("/.well-known/openid-configuration", self._discover)
        made.router.add_route("*", "/{path:.*}", self._through)
        return made

    async def _discover(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth/authorize",
                "token_endpoint": f"{self.issuer}/auth/token",
                "revocation_endpoint": f"{self.issuer}/auth/revoke",
                "jwks_uri": f"{self.issuer}/auth/keys",
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "email", "name"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "claims_supported": ["aud", "email", "email_verified", "exp", "iat", "is_private_email", "iss", "sub"],
            }
        )

    async def _through(self, request: web.Request) -> web.Response:
        body = await request.read()
        if request.path == "/auth/revoke" and self.away:
            return web.Response(status=503)
        if request.path in SECRET:
            form = {name: str(value) for name, value in (await request.post()).items()}
            problem = self._problem(form.get("client_secret", ""))
            if problem is not None:
                self.refused.append(problem)
                return web.json_response({"error": "invalid_client"}, status=400)
            return await self._ask(request, aiohttp.FormData({**form, "client_secret": INNER}))
        return await self._ask(request, body)

    def _problem(self, secret: str) -> str | None:
        """Why Apple would refuse a client secret."""
        try:
            head = jwt.get_unverified_header(secret)
            claims = jwt.decode(secret, self.key, ["ES256"], audience=self.issuer, issuer=TEAM)
        except jwt.PyJWTError as error:
            return type(error).__name__
        if head.get("kid") != KEY or claims["sub"] != CLIENT or claims["exp"] - time.time() > SIX_MONTHS_S:
            return "claims"
        self.secrets.append(claims)
        return None

    async def _ask(self, request: web.Request, body: Any) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOPS}
        if request.path in SECRET:
            headers.pop("Content-Type")
        forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": request.host, "X-Forwarded-For": "127.0.0.1"}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.request(
                request.method,
                self.inner + request.path_qs,
                data=body,
                headers={**headers, **forwarded},
                allow_redirects=False,
            ) as answer,
        ):
            data = await answer.read()
            if request.path == "/auth/token" and answer.status == 200:
                self.given.append(json.loads(data)["refresh_token"])
            given = [(name, value) for name, value in answer.headers.items() if name.lower() not in HOPS]
            passed = CIMultiDict((name, value) for name, value in given if name.lower() != "content-encoding")
            return web.Response(body=self._with_name(data), status=answer.status, headers=passed)

    def _with_name(self, page: bytes) -> bytes:
        """Apple posts the name beside the code, at the first sign-in, as the person typed it."""
        mark = b'<input type="hidden" name="code"'
        user = f'{{"name":{{"firstName":"{HOSTILE}"}}}}'.replace('"', "&quot;").replace("<", "&lt;")
        return page.replace(mark, f'<input type="hidden" name="user" value="{user}"/>'.encode() + mark)


@contextmanager
def serving(bench: Any, front: Front, authority: Authority, ports: tuple[int, int]) -> Iterator[None]:
    """Our server and the front over https on two ports of loopback, in a thread of their own, until the block ends."""
    with (
        socket.create_server(("127.0.0.1", ports[0])) as ours,
        socket.create_server(("127.0.0.1", ports[1])) as theirs,
        _serving(bench, front, authority, ours, theirs),
    ):
        yield


@contextmanager
def _serving(
    bench: Any, front: Front, authority: Authority, ours: socket.socket, theirs: socket.socket
) -> Iterator[None]:
    config = uvicorn.Config(
        bench,
        ssl_keyfile=str(authority.private),
        ssl_certfile=str(authority.certificate),
        log_level="error",
        lifespan="off",
    )
    server, ready = uvicorn.Server(config), threading.Event()

    async def run() -> None:
        runner = web.AppRunner(front.app())
        await runner.setup()
        try:
            await web.SockSite(runner, theirs, ssl_context=authority.served()).start()
            ready.set()
            await server.serve([ours])
        finally:
            await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    until = time.monotonic() + DEADLINE_S
    while not (ready.is_set() and server.started):
        assert thread.is_alive(), "the servers ended at their start"
        assert time.monotonic() < until, "the servers did not listen in time"
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(DEADLINE_S)
