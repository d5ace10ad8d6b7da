"""Keys wrapped by a key management service that speaks the transit protocol of Vault and OpenBao."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import msgspec

from contracts.refusals import Unavailable
from core.expected_error import OperatorError
from kit.egress.targets import Exceptions, TargetRefused
from kit.egress.transport import EgressFailed, GuardedTransport, Limits, PeerAnswer
from services.integrations.settings import IntegrationsTable, KeyServiceTable

LIMITS = Limits(total_s=5.0, body=64 * 1024)
LONGEST_WRAPPED = 4_096
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PORTS = {"https": 443, "http": 80}


class BadKeyService(OperatorError):
    """What the settings say of the key management service cannot be used; the message shows no token."""


class KeyWrapping(Protocol):
    """What wraps a key-encryption key; calls block for a few seconds at most."""

    def wrap(self, id_: str, secret: bytes) -> str:
        """Return the key of that id as it is stored; raise Unavailable."""
        ...

    def unwrap(self, id_: str, wrapped: str) -> bytes:
        """Return the key that was wrapped under that id; raise Unavailable where the service is away or refuses."""
        ...


class _TransitData(msgspec.Struct, frozen=True):
    ciphertext: str | None = None
    plaintext: str | None = None


class _Transited(msgspec.Struct, frozen=True):
    data: _TransitData


@dataclass(frozen=True, kw_only=True)
class TransitKeyService:
    """Implements KeyWrapping by one key of a transit engine, `at` its path; nothing else is requested there.

    Each key is bound to its id as associated data, so that the file of one is none of another.
    """

    at: str
    key: str
    token: str = field(repr=False)
    exceptions: Exceptions
    limits: Limits = LIMITS

    def wrap(self, id_: str, secret: bytes) -> str:
        """Return the ciphertext of a key, which names the version that wraps it; raise Unavailable."""
        said = self._said("encrypt", {"plaintext": _base64(secret), "associated_data": _bound_to(id_)})
        if said.ciphertext is None or not 0 < len(said.ciphertext) <= LONGEST_WRAPPED:
            raise Unavailable("the key management service gives no wrapped key")
        return said.ciphertext

    def unwrap(self, id_: str, wrapped: str) -> bytes:
        """Return the key; raise Unavailable."""
        said = self._said("decrypt", {"ciphertext": wrapped, "associated_data": _bound_to(id_)})
        try:
            return base64.b64decode(said.plaintext or "", validate=True)
        except (binascii.Error, ValueError):
            raise Unavailable("the key management service gives no key") from None

    def _said(self, what: str, body: Mapping[str, str]) -> _TransitData:
        request = self._sent(f"{self.at}/{what}/{self.key}", msgspec.json.encode(body))
        try:
            with ThreadPoolExecutor(max_workers=1) as thread:  # the caller's own may be one with an event loop
                answer = thread.submit(asyncio.run, request).result()
        except (EgressFailed, TargetRefused):
            raise Unavailable("the key management service does not answer") from None
        if answer.status in {400, 403, 404}:
            why = {400: "cannot do that with", 403: "does not let this server use", 404: "does not know"}
            raise Unavailable(f"the key management service {why[answer.status]} its key {self.key}")
        if answer.status != 200:
            raise Unavailable(f"the key management service answers {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=_Transited).data
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Unavailable("the key management service gives what cannot be read") from None

    async def _sent(self, url: str, content: bytes) -> PeerAnswer:
        headers = {"x-vault-token": self.token, "x-vault-request": "true", "content-type": "application/json"}
        async with GuardedTransport(exceptions=self.exceptions, limits=self.limits) as transport:
            return await transport.request("POST", url, headers=headers, content=content)


def key_service(table: IntegrationsTable, variable: Callable[[str], str | None]) -> TransitKeyService | None:
    """Return the service that the settings name, None without one; raise BadKeyService."""
    own = table.kms
    if own is None:
        return None
    token = variable(own.token_env)
    if not token or not token.isascii() or not token.isprintable():
        raise BadKeyService(
            f"integrations.kms.token_env names {own.token_env}, which holds no token: put one there that may encrypt "
            f"and decrypt by {own.mount}/{own.key}"
        )
    return TransitKeyService(at=f"{own.at}/v1/{own.mount}", key=own.key, token=token, exceptions=_named(own))


def _named(own: KeyServiceTable) -> Exceptions:
    """The service's own host and port, which an operator names; raise BadKeyService for plain http elsewhere."""
    parts = urlsplit(own.at)
    host, port = _port_of(parts)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadKeyService("integrations.kms.at is plain http: write https, for keys go that way")
    return frozenset({(host, port)})


def _port_of(parts: SplitResult) -> tuple[str, int]:
    try:
        return parts.hostname or "", parts.port or PORTS[parts.scheme]
    except ValueError:
        raise BadKeyService("integrations.kms.at has no port that can be used: write https://HOST:PORT") from None


def _bound_to(id_: str) -> str:
    return _base64(f"tipbench vault {id_}".encode())


def _base64(text: bytes) -> str:
    return base64.b64encode(text).decode("ascii")
