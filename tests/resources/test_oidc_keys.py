"""Keys of a provider that lies, fails or rotates them while people sign in."""

import asyncio

import pytest
from aiohttp import web

from contracts.access.oidc import ProviderAway
from resources.oidc import OidcClient
from tests.resources.provider_peer import Clock, Peer, with_peer

DISCOVERY = "/.well-known/openid-configuration"


def test_a_provider_that_fails_while_an_unknown_key_is_looked_for_loses_none() -> None:
    """Those of the last hour count on, and no longer."""
    peer = Peer()

    async def story(client: OidcClient, clock: Clock) -> None:
        assert await client.key(peer.issuer, "one") is not None
        peer.answers["/jwks"] = lambda _: web.Response(status=500)
        for _ in range(59):
            clock.now += 60
            with pytest.raises(ProviderAway):
                await client.key(peer.issuer, "two")
            assert await client.key(peer.issuer, "one") is not None
        clock.now += 60
        with pytest.raises(ProviderAway):
            await client.key(peer.issuer, "two")
        assert await client.key(peer.issuer, "one") is None

    with_peer(peer, story)


def test_an_id_that_two_keys_have_is_no_keys() -> None:
    """Which of them was meant is the provider's to say; one for encryption beside it does not count."""
    peer = Peer()
    keys = [
        {"kid": "two", "kty": "RSA"},
        {"kid": "two", "kty": "EC"},
        {"kid": "one", "kty": "RSA", "use": "enc"},
        {"kid": "one", "kty": "EC"},
        {"kid": "enc", "kty": "RSA", "use": "enc"},
    ]
    peer.answers["/jwks"] = lambda _: {"keys": keys}

    async def story(client: OidcClient, _: Clock) -> None:
        found = [await client.key(peer.issuer, kid) for kid in ("one", "two", "enc")]
        assert found == [{"kid": "one", "kty": "EC"}, None, None]

    with_peer(peer, story)


def test_who_waited_for_a_provider_that_did_not_answer_does_not_wait_again() -> None:
    """Fifty who sign in at once send one request and wait for one; whoever comes later sends another."""
    peer, gate = Peer(), asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        await gate.wait()
        return web.json_response({})

    peer.answers[DISCOVERY] = never

    async def story(client: OidcClient, clock: Clock) -> None:
        waiting = [asyncio.create_task(client.metadata(peer.issuer)) for _ in range(50)]
        await asyncio.sleep(0)
        clock.now += 5
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(each) for each in found} == {ProviderAway}
        assert peer.requested == [DISCOVERY]
        peer.answers[DISCOVERY] = lambda _: peer.metadata()
        clock.now += 1
        assert (await client.metadata(peer.issuer)).issuer == peer.issuer

    with_peer(peer, story)


@pytest.mark.parametrize(
    "said",
    [
        {"keys": "none"},
        {"keys": ["one"]},
        {"keys": {"kid": "one"}},
        {"keys": None},
        {"key": []},
        [],
        web.Response(body=b"\xff\xfe"),
        web.Response(body=b'{"keys":' + b"[" * 100_000),
        web.Response(body=b"\x1f\x8b" + b"x" * 100, headers={"content-encoding": "gzip"}),
    ],
    ids=str,
)
def test_a_set_of_keys_that_is_none_says_that_the_provider_is_away(said: object) -> None:
    """In one sentence, whatever it is."""
    peer = Peer()
    peer.answers["/jwks"] = lambda _: said

    async def story(client: OidcClient, _: Clock) -> None:
        with pytest.raises(ProviderAway):
            await client.key(peer.issuer, "one")

    with_peer(peer, story)


@pytest.mark.parametrize("member", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "//127.0.0.1/jwks",
        "file:///etc/passwd",
        "https://",
        "https://user@own.example",
        "http://[::1",
        "https://127.0.0.1:99999/",
    ],
)
def test_a_discovery_document_names_real_addresses(member: str, url: str) -> None:
    """Anything else is refused before anything is sent there."""
    peer = Peer()
    peer.answers[DISCOVERY] = lambda _: peer.metadata(**{member: url})

    async def story(client: OidcClient, _: Clock) -> None:
        with pytest.raises(ProviderAway):
            await client.metadata(peer.issuer)
        assert peer.requested == [DISCOVERY]

    with_peer(peer, story)
