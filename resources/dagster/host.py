"""All of Dagster's private imports: its workspace, its GraphQL executed in process, and Dagit's app."""

import asyncio
import functools
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.event_api import EventLogCursor
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget
from dagster._grpc.__generated__.dagster_api_pb2 import PingRequest
from dagster._grpc.client import DagsterGrpcClient
from dagster_graphql.schema import create_schema
from dagster_shared.yaml_utils import load_run_config_yaml
from dagster_webserver.webserver import DagsterWebserver
from starlette.applications import Starlette

from contracts.refusals import Unavailable
from resources.dagster.instance import LOCATION, prepare_instance, read_migrations_once
from resources.home import Home

REPOSITORY = "__repository__"
PING_S = 15  # one that is there and silent for so long; who is not there is known at once
AWAY = "the code server is away for a moment: nothing was started, ask again"


class DagsterHost:
    """Dagster as this process holds it; `open` blocks until the code server at `socket` has answered once.

    Safe from several threads. What needs the code server raises Unavailable while it does not answer; what the instance
    alone knows (runs, events, the queue) is there as soon as `instance` is read.
    """

    def __init__(self, home: Home, socket: Path) -> None:
        self._home, self._socket = home, socket
        self._lock = threading.Lock()
        self._instance: dg.DagsterInstance | None = None
        self._workspace: WorkspaceProcessContext | None = None
        self._schema = _schema()
        self._client = DagsterGrpcClient(socket=str(socket), host="localhost")

    @property
    def instance(self) -> dg.DagsterInstance:
        """Return the home's instance, opened at first use."""
        with self._lock:
            if self._instance is None:
                prepare_instance(self._home)
                read_migrations_once()
                logging.getLogger("dagster").setLevel(logging.CRITICAL)
                self._instance = dg.DagsterInstance.get()
            return self._instance

    def open(self) -> None:
        """Load the workspace; raise Unavailable if no server answers at the socket."""
        self._ping()
        target = GrpcServerTarget(host="localhost", port=None, socket=str(self._socket), location_name=LOCATION)
        workspace = WorkspaceProcessContext(self.instance, target)
        with self._lock:
            self._workspace = workspace

    def close(self) -> None:
        """Close the workspace and the instance, if they are open."""
        with self._lock:
            workspace, self._workspace = self._workspace, None
            instance, self._instance = self._instance, None
        if workspace is not None:
            workspace.__exit__(None, None, None)
        if instance is not None:
            instance.dispose()

    def check(self) -> None:
        """Raise Unavailable unless the code server answers now with its definitions, which are reloaded if need be."""
        self._ping()
        workspace = self._opened()
        if workspace.has_code_location_error(LOCATION) or not workspace.has_code_location(LOCATION):
            workspace.refresh_workspace()
        if not workspace.has_code_location(LOCATION):
            raise Unavailable(AWAY)

    def is_ready(self) -> bool:
        """Return whether a launch would find the code server now."""
        try:
            self._opened()
            self._ping()
        except Unavailable:
            return False
        return True

    def execute(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the data of one operation on Dagster's GraphQL.

        Raise Unavailable, without its text, if Dagster failed.
        """
        workspace = self._opened()
        with workspace.create_request_context() as context:
            answer = asyncio.run(
                self._schema.execute_async(document, context_value=context, variable_values=dict(variables))
            )
        if answer.errors or answer.data is None:
            raise Unavailable(AWAY)
        data: dict[str, Any] = answer.data
        return data

    def log(self, run_id: str, after: int) -> list[dg.EventLogRecord]:
        """Return the run's events with an id greater than `after`, oldest first."""
        cursor = EventLogCursor.from_storage_id(after).to_string()
        return list(self.instance.get_records_for_run(run_id, cursor=cursor).records)

    def dagit(self, prefix: str) -> Starlette:
        """Return Dagit's own app, which answers under `prefix` and checks no permissions."""
        app: Starlette = DagsterWebserver(self._opened(), prefix).create_asgi_app()
        return app

    def _opened(self) -> WorkspaceProcessContext:
        with self._lock:
            if self._workspace is None:
                raise Unavailable("Dagster is starting: ask again in a moment")
            return self._workspace

    def _ping(self) -> None:
        try:
            self._client._query("Ping", PingRequest, timeout=PING_S, echo="tipbench")  # noqa: SLF001 - `ping` waits a minute
        except Exception as error:  # gRPC's and Dagster's errors: whatever it is, there is no answer
            raise Unavailable(AWAY) from error


def read_run_config(text: str) -> Any:
    """Return a run config as Dagit's launchpad sends it, read as Dagster reads it.

    Raise ValueError if it is not YAML.
    """
    try:
        return load_run_config_yaml(text)
    except Exception as error:  # PyYAML's family, which this project does not import itself
        raise ValueError("the run config is not YAML") from error


@functools.cache
def _schema() -> Any:
    """Return Dagster's schema, which knows of no home, takes a third of a second to make and is only read."""
    return create_schema()
