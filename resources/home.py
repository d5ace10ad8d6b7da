"""Where everything lives under TIPBENCH_HOME; the one place that spells a path."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.benchmark.names import EXPERIMENT, experiment_name, judge_name


@dataclass(frozen=True)
class Home:
    """The folder that holds everything the program writes."""

    root: Path

    def experiment(self, name: str) -> Path:
        """The experiment's folder in the lake; InvalidName when the name is not valid."""
        return self.root / "lake" / experiment_name(name)

    def experiments(self) -> list[str]:
        """Names of all pinned experiments, sorted."""
        names = {path.parent.name for path in (self.root / "lake").glob("tip-bench-*/spec.json")}
        return sorted(name for name in names if EXPERIMENT.fullmatch(name))

    def exports(self, name: str, judge: str) -> Path:
        """The folder of a judge's numbered exports."""
        return self.root / "exports" / experiment_name(name) / judge_name(judge)

    def inbox(self, name: str) -> Path:
        """Where score files of an experiment are dropped."""
        return self.root / "inbox" / experiment_name(name)

    @property
    def models(self) -> Path:
        """Assembled weights of embedded models."""
        return self.root / "models"

    def tape(self, name: str) -> Path:
        """Where answers of the tape `name` are recorded; of an absolute path, which old pins hold, the last part."""
        return self.root / "tapes" / (Path(name).name if Path(name).is_absolute() else name)

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def mlflow(self) -> Path:
        """MLflow's database and artifacts, unless MLFLOW_TRACKING_URI names a server."""
        return self.root / "mlflow"

    @property
    def catalog(self) -> Path:
        """Catalog versions added through the API; overlays the project's."""
        return self.root / "catalog"

    @property
    def signals(self) -> Path:
        """Published signals: Parquet parts and their manifest."""
        return self.root / "signals"

    @property
    def database(self) -> Path:
        """The one SQLite database, unless TIPBENCH_DATABASE_URL names another."""
        return self.root / "tipbench.db"

    @property
    def keys(self) -> Path:
        """Generated secrets, each readable by its owner only."""
        return self.root / "keys"

    def secret(self, name: str) -> bytes:
        """32 random bytes kept under `keys/`, made at first use."""
        return bytes.fromhex(self.keep(name, lambda: secrets.token_hex(32)).strip())

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """The text of a file under `keys/`, made at first use; file mode 0600, folder mode 0700."""
        folder = self.keys
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / name
        fresh = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        if not path.exists():
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass  # another process was first: its secret counts
            finally:
                fresh.unlink()
        return path.read_text()
