import asyncio
import re
from pathlib import Path

import dagster_webserver
import httpx
import pytest
from starlette.applications import Starlette

from api.transport.graphiql import SCRIPTS, STYLES, graphiql
from tests.api.memory_services import MemoryServices
from tests.api.serving import ORIGIN, Headers

FILES = Path(str(dagster_webserver.__file__)).parent / "graphiql"


def _get(path: str, role: str | None) -> httpx.Response:
    async def ask() -> httpx.Response:
        app = Starlette(routes=[graphiql(Headers(MemoryServices()), FILES)])
        headers = {} if role is None else {"cookie": f"session=session-{role}"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN, headers=headers) as client:
            return await client.get(path)

    return asyncio.run(ask())


@pytest.mark.parametrize("path", ["/graphiql/", "/graphiql/start.js", "/graphiql/files/graphiql.min.js"])
def test_the_page_and_its_files_are_for_admins(path: str) -> None:
    """401 for nobody, 403 for users and judges."""
    assert [_get(path, role).status_code for role in (None, "user", "judge", "admin")] == [401, 403, 403, 200]


def test_nothing_comes_from_elsewhere() -> None:
    """No address of another host, no inline script, a policy that allows neither; every file is in the wheel."""
    page = _get("/graphiql/", "admin")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(named) == len(SCRIPTS) + len(STYLES) + 1
    assert all(name.startswith("/graphiql/") for name in named)
    assert "<script>" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert [_get(name, "admin").status_code for name in named] == [200] * len(named)


def test_files_outside_the_folder_are_not_served() -> None:
    """Whatever the path says."""
    assert _get("/graphiql/files/..%2fversion.py", "admin").status_code == 404


def test_a_wheel_without_the_files_is_told_at_start(tmp_path: Path) -> None:
    """Not at the first visit."""
    with pytest.raises(FileNotFoundError, match="lacks react"):
        graphiql(Headers(MemoryServices()), tmp_path)
