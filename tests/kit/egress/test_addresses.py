from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.egress.addresses import SPECIAL_V4, SPECIAL_V6, is_public

STRICTER = [
    ip_network(range_)
    for range_ in (
        "168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4",
        "2001::/23", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
"""What Python's ipaddress calls global, in one of its versions at least, and no request may go to."""
EMBEDDING = ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/96", "2002::/16", "2001::/32")
RANGES: list[IPv4Network | IPv6Network] = [*SPECIAL_V4, *SPECIAL_V6, IPv6Network("2000::/3")]
EDGES = [
    edge + step
    for range_ in RANGES
    for edge in (range_.network_address, range_.broadcast_address)
    for step in (-1, 0, 1)
    if 0 <= int(edge) + step < (1 << edge.max_prefixlen)
]
ADDRESSES = st.one_of(
    st.ip_addresses(v=4),
    st.ip_addresses(v=6),
    st.sampled_from(EDGES),
    st.integers(0, 2**125 - 1).map(lambda low: IPv6Address((1 << 125) | low)),
)


def _global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


@given(ADDRESSES)
def test_what_is_public_is_global_to_python_too(address: IPv4Address | IPv6Address) -> None:
    """Never the other way round."""
    if is_public(str(address)):
        assert _global(address)


@given(ADDRESSES)
def test_what_python_calls_global_is_refused_for_a_reason(address: IPv4Address | IPv6Address) -> None:
    """Outside of 2000::/3, or in a range that is listed here."""
    if _global(address) and not is_public(str(address)):
        outside = isinstance(address, IPv6Address) and address not in IPv6Network("2000::/3")
        assert outside or any(address in range_ for range_ in STRICTER)


@given(st.ip_addresses(v=4), st.sampled_from(EMBEDDING))
def test_no_ipv4_address_hides_in_ipv6(inner: IPv4Address, prefix: str) -> None:
    """Mapped, compatible, NAT64, 6to4 and Teredo are refused, whatever they hold."""
    network = IPv6Network(prefix)
    shift = 80 if prefix == "2002::/16" else 0
    assert not is_public(str(IPv6Address(int(network.network_address) | (int(inner) << shift))))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e"])
def test_the_internet_is_public(address: str) -> None:
    """In both versions of the protocol."""
    assert is_public(address)


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.1", "0x7f.0.0.1", "fe80::1%eth0", "2606:4700::1111%2", "[::1]", "fec0::1", "fd00:ec2::254"],
)
def test_what_is_no_public_address_is_none(text: str) -> None:
    """Names, other spellings, zones, brackets, and what was once site-local."""
    assert not is_public(text)


def test_a_resolver_writes_addresses_as_python_does() -> None:
    """So a spelling that Python does not read can come from a person only, and is refused."""
    for text in ("010.0.0.1", "1.2.3", "2130706433"):
        with pytest.raises(ValueError, match="does not appear to be"):
            ip_address(text)
        assert not is_public(text)
