"""Sends requests to OpenID providers: discovery, keys, exchange of a code, revocation; with limits, no redirects."""

import asyncio
import base64
import ipaddress
import math
import ssl
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import quote_plus, urlencode

import msgspec
from yarl import URL

from contracts.access.oidc import Jwk, ProviderAway, ProviderMetadata, ProviderRefused, ProviderTokens
from kit.egress.targets import TargetRefused, read_exceptions
from kit.egress.transport import EgressFailed, GuardedTransport, Limits

WAIT_S = 5.0
LARGEST = 256 * 1024
METADATA_S = 3600.0
KEYS_S = 3600.0
UNKNOWN_S = 60.0
"""An unknown key id makes us fetch again at most this often, so that a flood of them costs one request a minute."""
MOST_KEYS = 100


class _KeySet(msgspec.Struct):
    keys: list[Jwk]


@dataclass
class _IssuerCache:
    """The cached metadata and keys of an issuer; times are those of the clock, `keys_at` of the last request."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    metadata: ProviderMetadata | None = None
    metadata_at: float = 0.0
    failed_at: float = -math.inf
    keys: dict[str, Jwk] = field(default_factory=dict)
    keys_at: float | None = None
    keys_until: float = -math.inf


class OidcClient:
    """Implements contracts.access.oidc.ProviderClient for one event loop; `clock` gives seconds that only grow.

    Only issuers of the configuration are used, so the cache is bounded. Keys and endpoints are at the issuer's host or
    one of those that `hosts` has for the issuer, whatever its discovery document names; an operator configured these,
    so they may be private addresses. `trust` holds other authorities than the system's, for a provider with a private
    certificate.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait_s: float = WAIT_S,
        trust: ssl.SSLContext | None = None,
        hosts: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self._hosts = hosts
        self._clock, self._wait_s, self._trust = clock, wait_s, trust
        self._issuers: dict[str, _IssuerCache] = {}

    async def metadata(self, issuer: str) -> ProviderMetadata:
        """Return the discovery document of exactly that issuer, cached for an hour; raise ProviderAway."""
        cached, came = self._of(issuer), self._clock()
        async with cached.lock:
            if cached.failed_at > came:
                raise ProviderAway("the provider did not answer others either, who asked at the same time")
            try:
                return await self._metadata(issuer, cached)
            except ProviderAway:
                cached.failed_at = self._clock()
                raise

    async def _metadata(self, issuer: str, cached: _IssuerCache) -> ProviderMetadata:
        if cached.metadata is not None and self._clock() - cached.metadata_at < METADATA_S:
            return cached.metadata
        data = await self._request("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration", issuer)
        try:
            found = msgspec.json.decode(data, type=ProviderMetadata)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ProviderAway("the provider's discovery document cannot be read") from None
        if found.issuer != issuer:
            raise ProviderAway("the provider's discovery document is another issuer's")
        for url in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            self._allowed(url, issuer)
        cached.metadata, cached.metadata_at = found, self._clock()
        return found

    async def key(self, issuer: str, kid: str) -> Jwk | None:
        """Return the issuer's key of that id, or None; raise ProviderAway.

        The set is fetched if it is an hour old, or a minute old and the id is unknown. Where that fails, the keys of an
        hour count on. An id that two keys have is no key's.
        """
        cached = self._of(issuer)
        async with cached.lock:
            age = None if cached.keys_at is None else self._clock() - cached.keys_at
            if age is None or age >= KEYS_S or (kid not in cached.keys and age >= UNKNOWN_S):
                await self._fetch_keys(issuer, cached)
            return cached.keys.get(kid)

    async def _fetch_keys(self, issuer: str, cached: _IssuerCache) -> None:
        metadata = await self._metadata(issuer, cached)
        cached.keys_at = self._clock()  # a failing provider gets no more requests than one that answers
        if cached.keys_at >= cached.keys_until:
            cached.keys = {}
        data = await self._request("GET", metadata.jwks_uri, issuer)
        try:
            found = msgspec.json.decode(data, type=_KeySet).keys
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ProviderAway("the provider's keys cannot be read") from None
        named = [jwk for jwk in found[:MOST_KEYS] if isinstance(jwk.get("kid"), str) and jwk.get("use", "sig") == "sig"]
        count = Counter(jwk["kid"] for jwk in named)
        cached.keys = {jwk["kid"]: jwk for jwk in named if count[jwk["kid"]] == 1}
        cached.keys_until = cached.keys_at + KEYS_S

    async def tokens(self, issuer: str, form: Mapping[str, str], client: tuple[str, str] | None) -> ProviderTokens:
        """Return the tokens for a code; the client secret is sent as the provider's metadata wants it.

        Raise ProviderRefused or ProviderAway.
        """
        metadata = await self.metadata(issuer)
        data = await self._post(metadata, metadata.token_endpoint, form, client)
        try:
            return msgspec.json.decode(data, type=ProviderTokens)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ProviderAway("the provider's answer to the code cannot be read") from None

    async def revoke(self, issuer: str, form: Mapping[str, str], client: tuple[str, str] | None) -> None:
        """Revoke a token; one that the provider does not know counts as revoked, as RFC 7009 says.

        Raise ProviderRefused or ProviderAway.
        """
        metadata = await self.metadata(issuer)
        if metadata.revocation_endpoint is None:
            raise ProviderAway("the provider names no address for taking a grant back")
        try:
            await self._post(metadata, metadata.revocation_endpoint, form, client)
        except ProviderRefused:
            raise ProviderRefused("the provider refused to take the grant back: look at its client secret") from None

    async def _post(
        self, metadata: ProviderMetadata, url: str, form: Mapping[str, str], client: tuple[str, str] | None
    ) -> bytes:
        sent, headers = dict(form), {}
        if client is not None and "client_secret_basic" in metadata.token_endpoint_auth_methods_supported:
            pair = ":".join(quote_plus(part) for part in client)
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        elif client is not None:
            sent["client_id"], sent["client_secret"] = client
        return await self._request("POST", url, metadata.issuer, form=sent, headers=headers)

    def _allowed(self, url: str, issuer: str) -> URL:
        """Return the URL if it may be requested: at the issuer's host or one configured for it.

        It is https, or http on loopback if the issuer itself is on loopback.
        """
        try:
            parsed, home = URL(url), URL(issuer)
            host, known = _host(parsed), {_host(home), *self._hosts.get(issuer, ())}
        except ValueError:
            raise ProviderAway("the provider names an address that is none") from None
        plain = parsed.scheme == home.scheme == "http" and _is_loopback(parsed.host) and _is_loopback(home.host)
        if not parsed.host or parsed.user is not None or not (parsed.scheme == "https" or plain):
            raise ProviderAway("the provider names an address that is not https")
        if host not in known:
            raise ProviderAway("the provider names an address at a host that is not in its hosts in tipbench.toml")
        return parsed

    def _of(self, issuer: str) -> _IssuerCache:
        return self._issuers.setdefault(issuer, _IssuerCache())

    async def _request(
        self,
        method: str,
        url: str,
        issuer: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the body of a 200; raise ProviderRefused for a 4xx to a POST, ProviderAway for everything else."""
        allowed = self._allowed(url, issuer)
        content, sent = b"", dict(headers or {})
        if form is not None:
            content, sent["Content-Type"] = urlencode(form).encode(), "application/x-www-form-urlencoded"
        try:
            configured = read_exceptions([f"{allowed.host_subcomponent}:{allowed.port}"], ("issuer",))
            limits = Limits(total_s=self._wait_s, body=LARGEST)
            async with GuardedTransport(exceptions=configured, limits=limits, trust=self._trust) as transport:
                answer = await transport.request(method, url, headers=sent, content=content)
        except TargetRefused:
            raise ProviderAway("the provider names an address that is none") from None
        except EgressFailed as error:
            raise ProviderAway(f"the provider did not answer: {error}") from None
        if method == "POST" and 400 <= answer.status < 500:
            raise ProviderRefused("the provider refused the code: sign in again")
        if answer.status != 200:
            raise ProviderAway(f"the provider answered {answer.status}")
        return answer.body


def _host(url: URL) -> str:
    return f"{url.host}" if url.is_default_port() else f"{url.host}:{url.port}"


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
