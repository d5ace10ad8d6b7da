"""The pinned Dagit's routes and mutations against a committed list: a new one is looked at before it is let in."""

import json
from pathlib import Path
from typing import Any

from dagster_graphql.schema import create_schema
from dagster_webserver.webserver import DagsterWebserver
from starlette.routing import Mount, Route, WebSocketRoute

from services.gateway.proxies.dagit_mutations import ALLOWED
from services.gateway.proxies.dagit_pages import FILES

GOLDEN = Path(__file__).parents[3] / "golden" / "dagit.json"


class NoWorkspace:
    """Routes are made without asking the workspace."""


def _routes() -> list[str]:
    server: Any = DagsterWebserver(NoWorkspace(), "")
    found = []
    for route in server.build_routes():
        if isinstance(route, Route):
            found.append(f"{','.join(sorted(route.methods or ()))} {route.path}")
        elif isinstance(route, WebSocketRoute):
            found.append(f"WEBSOCKET {route.path}")
        elif isinstance(route, Mount):
            found.append(f"MOUNT {route.path}")
    return sorted(found)


def _mutations() -> list[str]:
    root = create_schema().graphql_schema.mutation_type
    assert root is not None
    return sorted(root.fields)


def test_every_route_and_mutation_is_known() -> None:
    """What the wheel has is what the golden file lists; decide about a new one, then add it."""
    golden = json.loads(GOLDEN.read_text())
    assert _routes() == golden["routes"]
    assert _mutations() == golden["mutations"]


def test_every_mutation_that_passes_exists_and_none_wipes() -> None:
    """The allow list names nothing that is not there, and nothing that deletes."""
    assert set(_mutations()) >= ALLOWED
    assert not [name for name in ALLOWED if name.startswith(("delete", "wipe", "free", "report", "shutdown"))]


def test_every_static_file_passes() -> None:
    """Each file and folder that the wheel serves is on the proxy's list."""
    served = {line.split(" ")[1].strip("/") for line in _routes() if "favicon" in line or line.startswith("MOUNT")}
    assert served <= FILES | {"Dagster_world.mp4"}
