"""A module reaches the internet by kit.egress alone: no other client of HTTP, and no socket of its own."""

import ast
from collections.abc import Iterator

import pytest

from tests.structure.sources import named, sources, tree_of

CLIENTS = {
    "aiohttp", "aiohttp_retry", "aiosmtplib", "anyio", "ftplib", "grpc", "h11", "httpcore", "httplib2", "httptools",
    "httpx", "httpx2", "imaplib", "nats", "niquests", "poplib", "pycurl", "pywebpush", "requests", "smtplib", "socket",
    "ssl", "telnetlib", "urllib3", "websockets", "xmlrpc", "yarl",
}  # fmt: skip
PARTS = {"http.client", "http.server", "urllib.request", "asyncio.streams"}
CALLS = {"open_connection", "create_connection", "create_datagram_endpoint", "open_unix_connection", "sock_connect"}
"""Of asyncio and its loops."""
ALLOWED: dict[str, set[str]] = {
    "services/notifier/channels/mail/mail_sender.py": {"aiosmtplib", "ssl"},  # SMTP, to the one relay of the settings
}
"""What a file may import of these, each with the reason."""


def _ways_out(tree: ast.AST) -> Iterator[str]:
    """Yield the clients that a file imports, and the calls by which asyncio connects."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
            yield from {alias.name for alias in node.names} & CALLS
        elif isinstance(node, ast.Attribute | ast.Name):
            called = node.attr if isinstance(node, ast.Attribute) else node.id
            yield from {called} & CALLS
        for name in names:
            yield from {name.partition(".")[0]} & CLIENTS
            yield from {name} & PARTS


def test_no_module_has_a_way_out_of_its_own() -> None:
    """What leaves for an address that somebody named is checked, pinned and bounded in one place."""
    found = {
        f"{named(path)}: {way}"
        for path in sources()
        if named(path).startswith("services/")
        for way in set(_ways_out(tree_of(path))) - ALLOWED.get(named(path), set())
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        "import aiohttp",
        "from httpx import AsyncClient",
        "import requests.sessions as quiet",
        "def late():\n    import urllib.request",
        "from urllib import request",
        "from http import client",
        "from http.client import HTTPSConnection",
        "import asyncio\nasyncio.open_connection('x', 1)",
        "loop.create_connection(None, 'x', 1)",
        "from asyncio import open_connection",
        "import socket",
        "from pywebpush import webpush",
    ],
)
def test_the_ban_bites(source: str) -> None:
    """Whole clients, their parts, inside functions, and asyncio's own."""
    assert list(_ways_out(ast.parse(source)))


def test_the_ban_spares_what_only_reads_urls() -> None:
    """And the one way out."""
    text = "from urllib.parse import urlsplit\nimport asyncio\nfrom kit.egress.transport import GuardedTransport"
    assert not list(_ways_out(ast.parse(text)))
