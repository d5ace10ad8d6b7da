"""MLflow's page without its notice on usage data."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from importlib.resources import files

import pytest

from services.gateway.proxies.mlflow_page import LARGEST, SCRIPT, TAG, script, without_notices

PAGE = b"<!doctype html><html><head><script src='main.js'></script></head><body></body></html>"


def _shown(parts: Sequence[bytes]) -> bytes:
    async def body() -> AsyncIterator[bytes]:
        for part in parts:
            yield part

    async def whole() -> bytes:
        return b"".join([part async for part in without_notices(body())])

    return asyncio.run(whole())


@pytest.mark.parametrize("size", [1, 7, 26, 1000])
def test_the_script_is_the_first_thing_in_the_head(size: int) -> None:
    """However the page arrives, nothing else of it changes."""
    shown = _shown([PAGE[at : at + size] for at in range(0, len(PAGE), size)])
    assert shown == PAGE.replace(b"<head>", b"<head>" + TAG)


def test_what_is_no_page_passes_as_it_is() -> None:
    """Without a head, and where none comes within the limit."""
    assert _shown([b"not ", b"a page"]) == b"not a page"
    assert _shown([]) == b""
    long = [b"x" * LARGEST, b"x", PAGE]
    assert _shown(long) == b"".join(long)


def test_the_installed_mlflow_stores_under_these_names() -> None:
    """The names are those of its own pages, with the version that they add; its page has a head."""
    built = files("mlflow").joinpath("server", "js", "build")
    pages = [path.read_text("utf-8") for path in built.joinpath("static", "js").iterdir() if path.name.endswith(".js")]
    for name in ("mlflow.telemetry.info.alert.dismissed", "mlflow.settings.telemetry.enabled"):
        assert f'"{name}_v1"' in SCRIPT
        assert any(f'"{name}"' in page for page in pages)
    assert any("`${e}_v${t}`" in page for page in pages)
    assert b"<head>" in built.joinpath("index.html").read_bytes()


def test_the_script_is_javascript_for_every_browser() -> None:
    """It is cached, and no browser takes it for anything else."""
    answer = script()
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"
