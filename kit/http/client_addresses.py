"""Which client addresses are counted as one."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_network

PREFIX = 64
"""Bits of an IPv6 address that say whose network it is: the other 64 are its owner's to choose."""


@lru_cache(maxsize=1_024)
def counted_address(address: str) -> str:
    """Return what a client's address is counted as.

    IPv6 is counted by its /64, without a zone; IPv4 that is mapped into IPv6 as IPv4. All else counts as it stands.
    """
    if ":" not in address:
        return address
    try:
        found = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(found.ipv4_mapped or ip_network((found, PREFIX), strict=False))
