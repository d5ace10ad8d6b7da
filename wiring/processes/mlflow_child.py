"""MLflow's server as a child of one process: on a Unix socket, and only for whoever shows the secret of this start."""

import gc
import hmac
import os
import socket as bound
from typing import Any

from resources.telemetry_optout import opt_out_of_telemetry

SECRET_HEADER = b"x-tipbench-endpoint"
SECRET_ENV = "TIPBENCH_MLFLOW_SECRET"  # noqa: S105  # the variable's name


def serve(database: str, artifacts: str, socket: str) -> None:
    """Serve the tracking database at the URI `database` until the process ends."""
    opt_out_of_telemetry()
    secret = os.environ.pop(SECRET_ENV).encode()
    # What `mlflow server` sets for its workers; mlflow is pinned to one minor version.
    os.environ.update(
        {
            "_MLFLOW_SERVER_FILE_STORE": database,
            "_MLFLOW_SERVER_ARTIFACT_ROOT": artifacts,
            "_MLFLOW_STATIC_PREFIX": "/mlflow",
            "_MLFLOW_SGI_NAME": "uvicorn",
            "_MLFLOW_IN_JOB_EXECUTOR": "false",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE": "true",  # the socket has no host; the proxy checks ours
        }
    )
    import uvicorn
    from mlflow.server.fastapi_app import app

    gc.enable()

    async def guarded(scope: Any, receive: Any, send: Any) -> None:
        shown = [value for name, value in scope.get("headers", ()) if name == SECRET_HEADER]
        if scope["type"] != "lifespan" and (len(shown) != 1 or not hmac.compare_digest(shown[0], secret)):
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await app(scope, receive, send)

    config = uvicorn.Config(guarded, log_level="warning", ws="none", server_header=False)
    with bound.socket(bound.AF_UNIX, bound.SOCK_STREAM) as listening:
        listening.bind(socket)  # not by uvicorn, which lets everybody write to it
        os.chmod(socket, 0o600)  # noqa: PTH101  # its path comes as text
        uvicorn.Server(config).run(sockets=[listening])
