"""Which proxy an endpoint is asked through."""

import pytest

from core.benchmark.model import Endpoint
from resources.models.proxies import proxy_for

PROXY = {"HTTPS_PROXY": "http://proxy.invalid:3128"}


@pytest.mark.parametrize(
    ("own", "environ", "expected"),
    [
        (None, {}, None),
        (None, PROXY, "http://proxy.invalid:3128"),
        (None, {"https_proxy": "http://low.invalid:1", **PROXY}, "http://low.invalid:1"),
        (None, {"ALL_PROXY": "http://all.invalid:1"}, "http://all.invalid:1"),
        (None, {"HTTP_PROXY": "http://plain.invalid:1"}, None),
        ("none", PROXY, None),
        ("http://own.invalid:1", PROXY, "http://own.invalid:1"),
        (None, {**PROXY, "NO_PROXY": "*"}, None),
        (None, {**PROXY, "NO_PROXY": "other.invalid, models.invalid"}, None),
        (None, {**PROXY, "no_proxy": ".invalid"}, None),
        (None, {**PROXY, "NO_PROXY": "models.invalid:8443"}, None),
        (None, {**PROXY, "NO_PROXY": "models.invalid:443"}, "http://proxy.invalid:3128"),
        (None, {**PROXY, "NO_PROXY": "dels.invalid"}, "http://proxy.invalid:3128"),
    ],
)
def test_the_entry_counts_first_then_the_environment(
    own: str | None, environ: dict[str, str], expected: str | None
) -> None:
    """An entry's own proxy, the variable of the scheme, and the hosts that NO_PROXY spares."""
    endpoint = Endpoint(name="e", base_url="https://models.invalid:8443/v1", proxy=own)
    assert proxy_for(endpoint, environ) == expected
