"""The sensor on the inbox: a score file renamed into place starts one publishing run of its experiment."""

import time
from collections.abc import Iterator

import dagster as dg

from assets.partitions import experiments
from core.names import EXPERIMENT
from resources.home import Home
from resources.judging.inbox import pending

RETRY_S = 120


def inbox_sensor(home: Home, job_name: str) -> dg.SensorDefinition:
    """A sensor bound to `home`.

    A run's key is made of the pending files' names, sizes and times, so none starts twice; a file that stays, because
    another run held the writer lock, is offered again every two minutes.
    """

    @dg.sensor(
        name="inbox", job_name=job_name, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING
    )
    def watch(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        """One run an experiment with pending files."""
        known = set(context.instance.get_dynamic_partitions(experiments.name or ""))
        asked = 0
        for folder in sorted((home.root / "inbox").glob("tip-bench-*")):
            name = folder.name
            if not EXPERIMENT.fullmatch(name) or name not in known:
                continue
            stats = [(path.name, path.stat()) for path in pending(home, name)]
            if stats:
                asked += 1
                files = ",".join(f"{file}:{stat.st_size}:{stat.st_mtime_ns}" for file, stat in stats)
                yield dg.RunRequest(run_key=f"{name}|{files}|{int(time.time()) // RETRY_S}", partition_key=name)
        if not asked:
            yield dg.SkipReason("no score file waits in the inbox")

    return watch
