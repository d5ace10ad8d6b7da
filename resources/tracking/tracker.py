"""The tracker in this process: finds the tracking server, imports MLflow late, raises its faults as one error."""

import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from contracts.benchmark.tracking import MirrorRun, TrackingLinks, TrackingUnavailable
from resources.home import Home
from resources.telemetry_optout import opt_out_of_telemetry

_LOCAL = ("", "file", "sqlite", "postgresql", "mysql", "mssql")


class MlflowTracker:
    """Mirrors into `tracking_uri`, or into a SQLite database of its own under the home."""

    def __init__(self, home: Home, tracking_uri: str | None) -> None:
        self._folder, self._storage = home.mlflow, home.storage
        self._uri = tracking_uri or f"sqlite:///{home.mlflow / 'mlflow.db'}"
        self._own = tracking_uri is None

    def warm(self) -> None:
        """Import MLflow and create its own database, so that the first mirror is quick.

        A fault shows at that mirror.
        """
        opt_out_of_telemetry()
        import mlflow  # noqa: F401  # the import is the point
        from sqlalchemy.exc import SQLAlchemyError

        from resources.tracking.database import prepare_database

        if self._own:
            with suppress(SQLAlchemyError, OSError):
                prepare_database(self._folder / "mlflow.db")

    def close(self) -> None:
        """Do nothing, as nothing is held open."""

    def mirror(self, run: MirrorRun, wait_s: float | None = None) -> TrackingLinks:  # noqa: ARG002 - it answers when it has done
        """Bring the mirror to `run`, however long it takes; raise TrackingUnavailable for every fault of MLflow."""
        opt_out_of_telemetry()
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        from resources.tracking.database import prepare_database
        from resources.tracking.mlflow_runs import mirror_run

        try:
            if self._own:
                prepare_database(self._folder / "mlflow.db")
            experiment, parent = mirror_run(MlflowClient(self._uri), run, self._storage, self._artifacts())
        except (MlflowException, SQLAlchemyError, OSError) as error:
            raise TrackingUnavailable(
                f"MLflow at {shown(self._uri)} could not take {run.experiment} ({_reason(error, self._uri)}): "
                "nothing is lost"
            ) from error
        return TrackingLinks(uri=shown(self._uri), experiment_id=experiment, run_id=parent)

    def _artifacts(self) -> Path | None:
        """Return where new experiments store their artifacts; None lets a server decide."""
        scheme = urlsplit(self._uri).scheme.partition("+")[0]
        return self._folder / "artifacts" if scheme in _LOCAL else None


def shown(uri: str) -> str:
    """Return the address without user and password."""
    parts = urlsplit(uri)
    if "@" not in parts.netloc:
        return uri
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _reason(error: Exception, uri: str) -> str:
    """Return the first line of the error, short and without the address's password."""
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    secret = urlsplit(uri).password
    reason = re.sub(r"//[^/@\s]+@", "//", reason.replace(secret, "***") if secret else reason)
    return reason if len(reason) <= 300 else reason[:299] + "…"
