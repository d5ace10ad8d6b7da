"""Reads the URL of an outgoing request: one spelling of its host, https at the usual port, or an exact exception."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, urlsplit

import idna

from core.expected_error import FieldError
from kit.egress.addresses import is_public

LONGEST = 4096
"""The most characters that a URL may have."""
HTTPS_PORT = 443
USUAL_PORTS = {"https": HTTPS_PORT, "http": 80}
UNWANTED = re.compile(r"[\x00-\x20\x7f\\]")
AUTHORITY = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:@%]+)(:(?P<port>[0-9]{1,5}))?")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
PATH_SAFE = "".join(map(chr, range(0x21, 0x7F)))
"""What is sent as it was written: a path of a stranger's is theirs, escapes included."""

Exceptions = frozenset[tuple[str, int]]
"""Hosts and ports that an operator named: requested wherever they are, over http too."""
NONE: Exceptions = frozenset()


class TargetRefused(FieldError):
    """A URL to which no request goes, whoever named it; `path` is the field that holds it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: `host` is lower-case ASCII or an address, without brackets and final dot."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        """Return the origin as RFC 6454 writes it, without the scheme's usual port."""
        usual = self.port == USUAL_PORTS[self.scheme]
        return f"{self.scheme}://{self.authority}" if not usual else f"{self.scheme}://{self._bracketed}"

    @property
    def authority(self) -> str:
        """Return the host and its port, as the exceptions in the settings have them."""
        return f"{self._bracketed}:{self.port}"

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def read_exceptions(pairs: Iterable[str], path: tuple[str, ...]) -> Exceptions:
    """Return the exceptions that are written HOST:PORT; raise TargetRefused about `path` for another text."""
    found = set()
    for pair in pairs:
        host, port = _host_and_port(pair)
        if host is None or port is None:
            raise TargetRefused(f"{'.'.join(path)} holds {pair!r}: write each exception as HOST:PORT", path)
        found.add((host, port))
    return frozenset(found)


def read_target(url: str, exceptions: Exceptions = NONE, path: tuple[str, ...] = ("url",)) -> Target:
    """Return where a URL leads; raise TargetRefused for one that no request may go to, whatever its name resolves to.

    It is https at port 443 with a name or a public address as its host, or exactly one of the exceptions.
    """
    if len(url) > LONGEST or UNWANTED.search(url):
        raise TargetRefused("the URL is too long, or holds spaces or backslashes: write it as RFC 3986 says", path)
    try:
        parsed = urlsplit(url)
    except ValueError:
        raise TargetRefused("the URL cannot be read: use https://HOST/PATH", path) from None
    host, port = _host_and_port(parsed.netloc)
    if parsed.scheme not in USUAL_PORTS or host is None:
        raise TargetRefused("the URL's scheme, user, host or port cannot be used: use https://HOST/PATH", path)
    port = USUAL_PORTS[parsed.scheme] if port is None else port
    if (host, port) not in exceptions:
        if (parsed.scheme, port) != ("https", HTTPS_PORT):
            raise TargetRefused("the URL is not https at its usual port: use https://HOST/PATH", path)
        if _is_address(host) and not is_public(host):
            raise TargetRefused("the URL leads to an address that is not public: use one of the internet", path)
    query = f"?{parsed.query}" if parsed.query else ""
    return Target(parsed.scheme, host, port, quote((parsed.path or "/") + query, safe=PATH_SAFE))


def _host_and_port(authority: str) -> tuple[str | None, int | None]:
    """Return the host in its one spelling, None where it has none, and the port where one is written."""
    parts = AUTHORITY.fullmatch(authority)
    if parts is None:
        return None, None
    port = None if parts["port"] is None else int(parts["port"])
    if port is not None and not 0 < port < 1 << 16:
        return None, None
    return _host_of(parts["host"]), port


def _host_of(raw: str) -> str | None:
    """Return the one spelling of a host, None where it has another: numbers of other bases, zones, dots too many."""
    if raw.startswith("["):
        try:
            return str(IPv6Address(raw[1:-1]))
        except ValueError:
            return None
    try:
        name = (raw if raw.isascii() else idna.encode(raw, uts46=True).decode()).lower().removesuffix(".")
    except UnicodeError:
        return None
    if _is_address(name):
        return name
    labels = name.split(".")
    sound = len(name) <= 253 and all(LABEL.fullmatch(label) for label in labels)
    return name if sound and not NUMBER.fullmatch(labels[-1]) else None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
