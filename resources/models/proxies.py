"""Chooses the proxy of an endpoint: its own entry first, then the usual variables of the environment."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from core.benchmark.model import Endpoint

DIRECT = "none"
"""The value of an endpoint's `proxy` that means no proxy, whatever the environment holds."""

VARIABLES = frozenset(
    written for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy") for written in (name, name.upper())
)
"""The environment variables that are looked at."""


def proxy_for(endpoint: Endpoint, environ: Mapping[str, str]) -> str | None:
    """Return the URL of the proxy, or None for a direct connection.

    The endpoint's `proxy` counts first. Else HTTP_PROXY, HTTPS_PROXY or ALL_PROXY by the URL's scheme, lower case
    before upper case as curl has it, unless NO_PROXY names the host: exactly, by a domain it lies in, or by `*`.
    """
    if endpoint.proxy is not None:
        return None if endpoint.proxy == DIRECT else endpoint.proxy
    parts = urlsplit(endpoint.base_url)
    if _is_spared((parts.hostname or "").lower(), parts.port, _variable(environ, "no_proxy")):
        return None
    return _variable(environ, f"{parts.scheme}_proxy") or _variable(environ, "all_proxy") or None


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _is_spared(host: str, port: int | None, text: str) -> bool:
    for entry in (each.strip().lower() for each in text.split(",")):
        name, _, only = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
        domain = name.removeprefix("*").lstrip(".")
        if entry == "*" or (
            domain and (not only or only == str(port)) and (host == domain or host.endswith(f".{domain}"))
        ):
            return True
    return False
