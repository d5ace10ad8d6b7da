"""Switches off what third-party packages would report to their makers or print unasked."""

import os
from collections.abc import MutableMapping

SWITCHES = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DAGSTER_DISABLE_TELEMETRY": "true",
}
"""Read by MLflow at its import and by Dagster at each upload. Dagster also writes its reports to its log folder unless
dagster.yaml says `telemetry: {enabled: false}`."""

DEFAULTS = {
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "GIT_PYTHON_REFRESH": "quiet",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
"""Defaults that the environment may override; MLflow's own would wait minutes for a server that is down."""


def opt_out_of_telemetry(environ: MutableMapping[str, str] = os.environ) -> None:
    """Set the switches in `environ`, whatever they were; call before dagster or mlflow is imported."""
    environ.update(SWITCHES)
    for name, value in DEFAULTS.items():
        environ.setdefault(name, value)
