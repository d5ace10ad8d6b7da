"""Templates of routes."""

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from services.gateway.edge.route_templates import UNKNOWN, Templates


async def endpoint(_: Request) -> Response:
    """Answers."""
    return Response()


FOUND = Templates(
    [
        Route("/", endpoint),
        Route("/uploads/{token}", endpoint),
        Route("/api/bench/runs/{experiment}", endpoint),
        Route("/files/{name:path}", endpoint),
        Mount("/dagster", Response()),
    ]
)


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("/uploads/a-secret-token", "/uploads/{token}"),
        ("/api/bench/runs/tip-bench-x", "/api/bench/runs/{experiment}"),
        ("/files/a/b/c", "/files/{name}"),
        ("/dagster", "/dagster"),
        ("/dagster/runs/1234", "/dagster/…"),
        ("/dagsterish", UNKNOWN),
        ("/uploads/a/b", UNKNOWN),
        ("/whatever", UNKNOWN),
    ],
)
def test_a_path_has_one_template(path: str, template: str) -> None:
    """Ids and tokens are not in it; what no route has is one template too."""
    assert FOUND.of(path) == template
