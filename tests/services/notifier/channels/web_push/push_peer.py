"""A push service on loopback that decrypts what it is given, as the browser would, and looks at who signed it."""

import asyncio
import base64
import hashlib
import hmac
import json
import struct
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.deadline import DEADLINE_S
from tests.virtual_time import GRACE_S, run_in_virtual_time

NOW = 1_800_000_000.0
CURVE = ec.SECP256R1()


def text_of(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Read base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _key(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """One block of HKDF with SHA-256, written out: another derivation than that of the code."""
    once = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(once, info + b"\x01", hashlib.sha256).digest()[:length]


@dataclass
class Browser:
    """A browser's half of a subscription; its private key stays here."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    auth: bytes = b"sixteen bytes it"

    @property
    def point(self) -> bytes:
        """The public key as subscriptions have it."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str, **more: Any) -> str:
        """What PushSubscription.toJSON() makes."""
        keys = {"p256dh": text_of(self.point), "auth": text_of(self.auth)}
        return json.dumps({"endpoint": endpoint, "expirationTime": None, "keys": keys, **more})

    def decrypt(self, body: bytes) -> bytes:
        """Read one record of aes128gcm, RFC 8188 with the keys of RFC 8291."""
        salt, record, length = body[:16], *struct.unpack(">IB", body[16:21])
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= record
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, theirs))
        keying = _key(shared, self.auth, b"WebPush: info\x00" + self.point + theirs, 32)
        plain = AESGCM(_key(keying, salt, b"Content-Encoding: aes128gcm\x00", 16)).decrypt(
            _key(keying, salt, b"Content-Encoding: nonce\x00", 12), sealed, None
        )
        message, delimiter, padding = plain.rpartition(b"\x02")
        assert (delimiter, padding.strip(b"\x00")) == (b"\x02", b"")
        return message


@dataclass
class PushPeer:
    """Answers 201 to what it can read, or what `answers` has for a path."""

    browser: Browser = field(default_factory=Browser)
    answers: dict[str, Callable[[web.Request], Any]] = field(default_factory=dict)
    origin: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)
    signers: list[str] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)

    @property
    def pair(self) -> tuple[str, int]:
        """The peer as an exception of the settings."""
        return "127.0.0.1", int(self.origin.rpartition(":")[2])

    def address(self, path: str = "/send/one", **more: Any) -> str:
        """A subscription at this service."""
        return self.browser.subscription(self.origin + path, **more)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Verify the signature, decrypt, and answer."""
        body = await request.read()
        self.connections.add(request.transport and request.transport.get_extra_info("peername"))
        self.heads.append({name.lower(): value for name, value in request.headers.items()})
        scheme, _, given = request.headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in given.split(","))
        assert scheme == "vapid"
        point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, bytes_of(parts["k"]))
        options: Any = {"verify_exp": False, "require": ["aud", "exp", "sub"]}
        self.claims.append(jwt.decode(parts["t"], point, ["ES256"], audience=self.origin, options=options))
        self.signers.append(parts["k"])
        self.messages.append(json.loads(self.browser.decrypt(body)))
        answering = self.answers.get(request.path, _taken)
        answer = answering(request)
        if asyncio.iscoroutine(answer):
            answer = await answer
        assert isinstance(answer, web.StreamResponse)
        return answer


def _taken(_: web.Request) -> web.Response:
    return web.Response(status=201)


def with_push_peer(peer: PushPeer, story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run the story in virtual time while the service listens."""

    async def run() -> None:
        async with _listening(peer):
            await story()

    run_in_virtual_time(run(), GRACE_S)


@contextmanager
def push_peer_in_thread(peer: PushPeer) -> Iterator[None]:
    """Let the service listen in a thread of its own, while the block runs."""
    begun, ended = threading.Event(), threading.Event()

    async def run() -> None:
        async with _listening(peer):
            begun.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    try:
        assert begun.wait(DEADLINE_S)
        yield
    finally:
        ended.set()
        thread.join()


@asynccontextmanager
async def _listening(peer: PushPeer) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_route("POST", "/{path:.*}", peer.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        peer.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield
    finally:
        await runner.cleanup()
