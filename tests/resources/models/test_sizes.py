"""Sizes as a real Ollama-like server reports them."""

from typing import Any

import pytest
from aiohttp import web

from core.benchmark.model import Endpoint, Model
from resources.models.sizes import reported_sizes
from tests.virtual_time import GRACE_S, run_in_virtual_time


def _sizes(body: Any, names: list[str], path: str = "/v1") -> dict[str, float | None]:
    async def ask() -> dict[str, float | None]:
        async def tags(_: web.Request) -> web.Response:
            return web.json_response(body)

        app = web.Application()
        app.router.add_get("/api/tags", tags)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        endpoint = Endpoint(name="o", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}{path}")
        try:
            models = [Model(name, "openai", model=name, endpoint=endpoint, local=True) for name in names]
            return await reported_sizes(models)
        finally:
            await runner.cleanup()

    return run_in_virtual_time(ask(), GRACE_S)


def test_sizes_come_in_billions_by_name_with_or_without_latest() -> None:
    """3.2B is 3.2, 270M is 0.27; a model that is not listed is left out."""
    listed = [
        {"name": "llama:latest", "details": {"parameter_size": "3.2B"}},
        {"name": "gemma", "details": {"parameter_size": "270M"}},
    ]
    assert _sizes({"models": listed}, ["llama", "gemma", "other"]) == pytest.approx({"llama": 3.2, "gemma": 0.27})


@pytest.mark.parametrize("body", [{}, [], {"models": [{"name": "llama"}]}, {"models": "x"}])
def test_a_server_that_is_no_ollama_reports_nothing(body: Any) -> None:
    """Other answers leave the catalog's figure in force."""
    assert _sizes(body, ["llama"]).get("llama") is None


def test_a_slash_at_the_addresss_end_changes_nothing() -> None:
    """The server is asked at its root however the endpoint's address is spelt."""
    listed = {"models": [{"name": "llama", "details": {"parameter_size": "3.2B"}}]}
    assert _sizes(listed, ["llama"], "/v1/") == _sizes(listed, ["llama"], "") == {"llama": 3.2}
