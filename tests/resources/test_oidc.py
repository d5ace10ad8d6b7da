import asyncio
from functools import partial

import pytest
from aiohttp import web

from contracts.access.oidc import ProviderAway, ProviderRefused
from resources.oidc import LARGEST, OidcClient
from tests.resources.provider_peer import Answer, Clock, Peer, with_peer
from tests.virtual_time import GRACE_S, run_in_virtual_time


def test_a_flood_of_unknown_keys_asks_once_a_minute() -> None:
    """Known ids ask nobody for an hour; a rolled key is found within a minute."""
    peer = Peer()

    async def story(client: OidcClient, clock: Clock) -> None:
        assert await client.key(peer.issuer, "one") is not None
        await asyncio.gather(*(client.key(peer.issuer, f"unknown-{number}") for number in range(50)))
        assert peer.requested.count("/jwks") == 1
        peer.answers["/jwks"] = lambda _: {"keys": [{"kid": "two", "kty": "RSA"}]}
        clock.now += 60
        found = await asyncio.gather(*(client.key(peer.issuer, "two") for _ in range(50)))
        assert all(key is not None for key in found)
        assert peer.requested.count("/jwks") == 2
        assert await client.key(peer.issuer, "one") is None
        clock.now += 3600
        await client.key(peer.issuer, "two")
        assert peer.requested.count("/jwks") == 3

    with_peer(peer, story)


def test_keys_that_cannot_be_had_are_asked_for_once_a_minute() -> None:
    """A provider that fails is not hammered; afterwards it is found again."""
    peer = Peer()

    async def story(client: OidcClient, clock: Clock) -> None:
        good = peer.answers["/jwks"]
        peer.answers["/jwks"] = lambda _: web.Response(status=500)
        with pytest.raises(ProviderAway):
            await client.key(peer.issuer, "one")
        assert await client.key(peer.issuer, "one") is None
        assert peer.requested.count("/jwks") == 1
        peer.answers["/jwks"] = good
        clock.now += 60
        assert await client.key(peer.issuer, "one") is not None

    with_peer(peer, story)


async def _slow(_: web.Request) -> web.Response:
    await asyncio.Event().wait()
    return web.json_response({})


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: web.Response(status=302, headers={"Location": "/elsewhere"}),
        lambda _: web.Response(body=b"x" * (LARGEST + 1)),
        lambda _: web.Response(text="not JSON"),
        lambda _: web.Response(text="[" * 100_000),
        lambda _: {"issuer": "missing the rest"},
        _slow,
    ],
    ids=["redirect", "too large", "no JSON", "deep", "incomplete", "slow"],
)
def test_a_discovery_that_is_none_says_that_the_provider_is_away(answer: Answer) -> None:
    """No redirect is followed and nothing is read beyond its cap, in size and in time."""
    peer = Peer()
    peer.answers["/.well-known/openid-configuration"] = answer

    async def story(client: OidcClient, _: Clock) -> None:
        with pytest.raises(ProviderAway):
            await client.metadata(peer.issuer)
        assert peer.requested == ["/.well-known/openid-configuration"]

    with_peer(peer, story)


@pytest.mark.parametrize(
    "more",
    [
        {"issuer": "https://elsewhere.example"},
        {"token_endpoint": "http://elsewhere.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "https://user:word@elsewhere.example/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": ""},
    ],
    ids=str,
)
def test_a_document_of_another_or_with_plain_addresses_is_refused(more: dict[str, str]) -> None:
    """The issuer matches to the letter, and every address is https, or loopback as the issuer is."""
    peer = Peer()
    peer.answers["/.well-known/openid-configuration"] = lambda _: peer.metadata(**more)

    async def story(client: OidcClient, _: Clock) -> None:
        with pytest.raises(ProviderAway):
            await client.metadata(peer.issuer)

    with_peer(peer, story)


@pytest.mark.parametrize("issuer", ["http://elsewhere.example", "ftp://127.0.0.1", "https://", "no address"])
def test_an_issuer_that_is_not_https_is_never_asked(issuer: str) -> None:
    """Plain http is for loopback only."""

    async def run() -> None:
        with pytest.raises(ProviderAway):
            await OidcClient().metadata(issuer)

    run_in_virtual_time(run(), GRACE_S)


def test_the_secret_goes_where_the_provider_wants_it() -> None:
    """In the header, escaped as RFC 6749 says, or in the form; a refusal quotes nothing."""
    peer = Peer()
    seen: list[tuple[str | None, str]] = []

    async def token(request: web.Request) -> dict[str, str]:
        seen.append((request.headers.get("Authorization"), await request.text()))
        return {"id_token": "a.b.c"}

    peer.answers["/token"] = token

    async def story(client: OidcClient, clock: Clock) -> None:
        assert (await client.tokens(peer.issuer, {"code": "c"}, ("us", "p:q"))).id_token == "a.b.c"
        peer.answers["/.well-known/openid-configuration"] = lambda _: peer.metadata(
            token_endpoint_auth_methods_supported=["client_secret_post"]
        )
        clock.now += 3600
        await client.tokens(peer.issuer, {"code": "c"}, ("us", "p:q"))
        peer.answers["/token"] = lambda _: web.json_response({"error": "planted"}, status=400)
        with pytest.raises(ProviderRefused) as refused:
            await client.tokens(peer.issuer, {"code": "planted"}, None)
        assert "planted" not in str(refused.value)

    with_peer(peer, story)
    assert seen == [("Basic dXM6cCUzQXE=", "code=c"), (None, "code=c&client_id=us&client_secret=p%3Aq")]


def _answered(status: int, _: web.Request) -> web.Response:
    return web.Response(status=status, text="planted")


def test_a_token_is_taken_back_where_the_provider_says() -> None:
    """A 4xx is a refusal, a 5xx or no such address says that it is away; neither quotes the token."""
    peer = Peer()
    seen: list[tuple[str | None, str]] = []

    async def revoke(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Authorization"), await request.text()))
        return web.Response(status=200)

    async def story(client: OidcClient, clock: Clock) -> None:
        with pytest.raises(ProviderAway, match="names no address"):
            await client.revoke(peer.issuer, {"token": "planted"}, None)
        clock.now += 3600
        peer.answers["/revoke"] = revoke
        peer.answers["/.well-known/openid-configuration"] = lambda _: peer.metadata(
            revocation_endpoint=f"{peer.issuer}/revoke", token_endpoint_auth_methods_supported=["client_secret_post"]
        )
        await client.revoke(peer.issuer, {"token": "planted"}, ("us", "p:q"))
        for status, error in ((400, ProviderRefused), (503, ProviderAway), (302, ProviderAway)):
            peer.answers["/revoke"] = partial(_answered, status)
            with pytest.raises(error) as raised:
                await client.revoke(peer.issuer, {"token": "planted"}, ("us", "p:q"))
            assert "planted" not in str(raised.value)

    with_peer(peer, story)
    assert seen == [(None, "token=planted&client_id=us&client_secret=p%3Aq")]


@pytest.mark.parametrize("member", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_discovery_names_no_host_that_is_not_configured(member: str) -> None:
    """Keys and endpoints are at the issuer's host or a configured one; nobody else is asked."""
    peer = Peer()

    async def story(client: OidcClient, clock: Clock) -> None:
        elsewhere = {member: "https://keys.example/found"}
        peer.answers["/.well-known/openid-configuration"] = lambda _: peer.metadata(**elsewhere)
        with pytest.raises(ProviderAway, match="that is not in its hosts"):
            await client.key(peer.issuer, "one")
        assert peer.requested == ["/.well-known/openid-configuration"]
        knowing = OidcClient(clock=clock, hosts={peer.issuer: ("keys.example",), "https://other.example": ()})
        assert getattr(await knowing.metadata(peer.issuer), member) == elsewhere[member]
        stranger = OidcClient(clock=clock, hosts={"https://other.example": ("keys.example",)})
        with pytest.raises(ProviderAway, match="that is not in its hosts"):
            await stranger.metadata(peer.issuer)

    with_peer(peer, story)


def test_a_grant_is_taken_back_at_a_configured_host_only() -> None:
    """The address for it is looked at when it is used."""
    peer = Peer()

    async def story(client: OidcClient, _: Clock) -> None:
        elsewhere = peer.metadata(revocation_endpoint="https://keys.example/revoke")
        peer.answers["/.well-known/openid-configuration"] = lambda _: elsewhere
        with pytest.raises(ProviderAway, match="that is not in its hosts"):
            await client.revoke(peer.issuer, {"token": "a"}, None)

    with_peer(peer, story)
