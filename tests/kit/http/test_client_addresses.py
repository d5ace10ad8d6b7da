"""Which client addresses are counted as one."""

import pytest

from kit.http.client_addresses import counted_address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:socket", "unix:socket"),
    ],
)
def test_what_an_address_counts_as(address: str, counted: str) -> None:
    """IPv6 by its network of 64 bits, IPv4 alone however it is written, and what is no address as it stands."""
    assert counted_address(address) == counted
