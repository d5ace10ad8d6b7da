import asyncio
from pathlib import Path

import pytest

from kit.egress.targets import NONE, Exceptions, TargetRefused
from kit.egress.transport import EgressFailed, GuardedTransport, PeerAnswer
from tests.kit.egress.raw_peer import HELLO, RawPeer, StubNames, listening, sending, with_peer
from tests.story.peers.apple import SITE, Authority


def _moved(to: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


def test_nothing_goes_to_loopback_by_itself() -> None:
    """With the empty list of exceptions no spelling of a peer's address, nor a name that leads there, is connected."""
    peer = RawPeer({"/": sending(HELLO)})

    async def story() -> None:
        names = StubNames(
            inside_example=[["127.0.0.1"]], both_example=[["8.8.8.8", "10.0.0.1"]], mapped_example=[["::ffff:8.8.8.8"]]
        )
        async with GuardedTransport(resolve=names) as transport:
            for host in ("127.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"):
                with pytest.raises(TargetRefused):
                    await transport.request("GET", peer.url(host=host))
            for name in ("inside.example", "both.example", "mapped.example"):
                with pytest.raises(TargetRefused, match="has an address that is not public"):
                    await transport.request("GET", f"https://{name}/")
        assert names.questions == ["inside.example", "both.example", "mapped.example"]

    with_peer(peer, story)
    assert peer.heads == []


def test_a_name_that_is_bound_again_is_refused_when_it_is_asked_for_again() -> None:
    """A name is resolved once for a connection, and the very address that was checked is connected."""
    names = StubNames(rebound_example=[["192.0.2.1", "8.8.8.8"], ["127.0.0.1"]])

    async def story() -> None:
        async with GuardedTransport(resolve=names) as transport:
            for _ in range(2):
                with pytest.raises(TargetRefused):
                    await transport.request("GET", "https://rebound.example/")

    with_peer(RawPeer({}), story)
    assert names.questions == ["rebound.example"] * 2


def test_a_connection_stays_at_the_address_that_was_checked() -> None:
    """Two requests on one connection ask for the name once, though it leads elsewhere by then."""
    peer = RawPeer({"/": sending(HELLO)}, stays_open=True)
    names = StubNames(push_test=[["127.0.0.1"], ["127.0.0.9"]])

    async def story() -> None:
        async with GuardedTransport(exceptions=frozenset({("push.test", peer.port)}), resolve=names) as transport:
            for _ in range(3):
                assert (await transport.request("GET", peer.url(host="push.test"))).body == b"hello"

    with_peer(peer, story)
    assert names.questions == ["push.test"]
    assert all(f"host: push.test:{peer.port}".encode() in head.lower() for head in peer.heads)


def test_the_name_stays_that_of_sni_host_and_certificate(tmp_path: Path) -> None:
    """The address is pinned, and a certificate for another name is refused before anything is sent."""
    authority = Authority(tmp_path)
    peer = RawPeer({"/": sending(HELLO)})
    names = StubNames(tips_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])

    async def story() -> None:
        pairs = frozenset({(SITE, peer.port), ("other.example", peer.port)})
        async with GuardedTransport(exceptions=pairs, trust=authority.trusted(), resolve=names) as transport:
            assert (await transport.request("GET", peer.url(host=SITE, scheme="https"))).status == 200
            with pytest.raises(EgressFailed) as failed:
                await transport.request("GET", peer.url(host="other.example", scheme="https"))
            assert not failed.value.sent

    with_peer(peer, story, authority.served())
    assert peer.names == [SITE, "other.example"]
    assert len(peer.heads) == 1
    assert f"host: {SITE}:{peer.port}".encode() in peer.heads[0].lower()


def _requested(
    peer: RawPeer, exceptions: Exceptions | None = None, redirects: int = 3, method: str = "GET"
) -> PeerAnswer:
    async def story() -> PeerAnswer:
        pairs = frozenset({peer.pair}) if exceptions is None else exceptions
        headers = {"Authorization": "Bearer planted", "X-Own": "1", "Host": "evil.example"}
        async with GuardedTransport(exceptions=pairs, resolve=StubNames()) as transport:
            return await transport.request(method, peer.url("/start"), headers=headers, redirects=redirects)

    return with_peer(peer, story)


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:1/", "http://localhost/", "//127.0.0.2/", "https://169.254.169.254/latest", "file:///etc/passwd",
        "http://2130706433/", "https://user@x.example/", "https://[::1]/", "http://x.example/",
    ],
)  # fmt: skip
def test_a_redirect_inward_is_refused(to: str) -> None:
    """Each address on the way is checked as the first was."""
    peer = RawPeer({"/start": sending(_moved(to))})
    with pytest.raises(TargetRefused):
        _requested(peer)
    assert len(peer.heads) == 1


def test_redirects_are_counted_and_followed_for_get_alone() -> None:
    """None by default; the last one is the answer; another origin gets no credentials."""
    hops = {"/start": sending(_moved("/two", 307)), "/two": sending(_moved("three?x")), "/three?x": sending(HELLO)}
    peer = RawPeer(dict(hops))
    assert _requested(peer).body == b"hello"
    assert all(b"authorization: bearer planted" in head.lower() and b"evil" not in head for head in peer.heads)
    assert _requested(RawPeer(dict(hops)), redirects=0).status == 307
    assert _requested(RawPeer(dict(hops)), redirects=1).status == 302
    assert _requested(RawPeer(dict(hops)), method="POST").status == 307


def test_another_origin_gets_no_credentials() -> None:
    """They go to the one that they were meant for, and what is no credential goes along."""
    first, peer = RawPeer({}), RawPeer({"/end": sending(HELLO)})

    async def story() -> None:
        async with listening(first, None):
            first.answers["/start"] = sending(_moved(peer.url("/end", host="other.test")))
            pairs = frozenset({first.pair, ("other.test", peer.port)})
            names = StubNames(other_test=[["127.0.0.1"]])
            async with GuardedTransport(exceptions=pairs, resolve=names) as transport:
                headers = {"authorization": "planted", "Cookie": "planted", "x-own": "1"}
                answer = await transport.request("GET", first.url("/start"), headers=headers, redirects=1)
        assert answer.body == b"hello"

    with_peer(peer, story)
    assert b"planted" in first.heads[0]
    assert b"planted" not in peer.heads[0]
    assert b"x-own" in peer.heads[0].lower()


def test_no_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment names."""
    peer = RawPeer({"/start": sending(HELLO)})
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert _requested(peer).status == 200


def test_headers_cannot_be_broken_out_of() -> None:
    """A line break in a value is refused before anything is sent."""
    peer = RawPeer({"/": sending(HELLO)})

    async def story() -> None:
        async with GuardedTransport(exceptions=frozenset({peer.pair}), resolve=StubNames()) as transport:
            with pytest.raises(EgressFailed) as failed:
                await transport.request("GET", peer.url(), headers={"X": "a\r\nY: b"})
            assert not failed.value.sent

    with_peer(peer, story)
    assert peer.heads == []


def test_a_name_without_addresses_and_a_closed_port_send_nothing() -> None:
    """Whoever reads the failure knows that the same may be sent again."""

    async def story() -> None:
        async with GuardedTransport(exceptions=frozenset({("127.0.0.1", 1)}), resolve=StubNames()) as transport:
            for url in ("https://nowhere.example/", "http://127.0.0.1:1/"):
                with pytest.raises(EgressFailed) as failed:
                    await transport.request("POST", url, content=b"x")
                assert not failed.value.sent
                assert "127" not in str(failed.value)

    with_peer(RawPeer({}), story)


def test_names_are_resolved_by_the_system() -> None:
    """In threads of the transport's own, and `localhost` is loopback there, so it is refused."""

    async def run() -> None:
        async with GuardedTransport(exceptions=NONE) as transport:
            with pytest.raises(TargetRefused):
                await transport.request("GET", "https://localhost/")

    asyncio.run(run())
