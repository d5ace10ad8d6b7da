"""The mirror's own process: reads the path of one MirrorRun a line, answers with links or with what was wrong.

It ends when its input has and it has done what it was given, two minutes after its input at the latest; at once when
it was given nothing, as by a run that was canceled: MLflow takes seconds of a processor to import.
"""

import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread, Timer

import msgspec

from contracts.benchmark.tracking import MirrorRun, TrackingLinks, TrackingUnavailable
from core.canonical import content_hash
from kit.private_files import keep_private
from resources.home import Home
from resources.storage.files import pretty
from resources.telemetry_optout import opt_out_of_telemetry
from resources.tracking.tracker import MlflowTracker

READY = b"ready\n"
LONGEST_AFTER_S = 120.0


class MirrorReply(msgspec.Struct, frozen=True):
    """The links, or one sentence on why there are none."""

    links: TrackingLinks | None = None
    problem: str | None = None


class Mirrored(TrackingLinks, frozen=True, kw_only=True):
    """The contents of an experiment's tracking.json: the links, and the hash of the run that was mirrored last."""

    of: str = ""


def main(root: str, tracking_uri: str) -> None:
    """Serve until standard input ends; an empty `tracking_uri` means MLflow's own database under the home."""
    keep_private()
    opt_out_of_telemetry()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what MLflow prints must not mix with the answers
    lines: SimpleQueue[bytes | None] = SimpleQueue()
    Thread(target=_read, args=(lines,), daemon=True).start()
    home = Home(Path(root))
    tracker = MlflowTracker(home, tracking_uri or None)
    gc.disable()  # what is imported stays: looking for garbage in it would take a fifth of the time
    tracker.warm()
    gc.freeze()
    gc.enable()
    with suppress(BrokenPipeError):
        answers.write(READY)
        answers.flush()
    while (line := lines.get()) is not None:
        reply = _mirrored(home, tracker, Path(line.decode().rstrip("\n")))
        with suppress(BrokenPipeError):  # the reader has ended
            answers.write(msgspec.json.encode(reply) + b"\n")
            answers.flush()


def _read(lines: "SimpleQueue[bytes | None]") -> None:
    given = False
    for line in sys.stdin.buffer:
        lines.put(line)
        given = True
    if not given:
        os._exit(0)  # even while MLflow's database is made, which an end at any moment leaves whole or missing
    lines.put(None)
    end = Timer(LONGEST_AFTER_S, os._exit, (1,))  # a server that never answers must not keep this alive
    end.daemon = True
    end.start()


def _mirrored(home: Home, tracker: MlflowTracker, path: Path) -> MirrorReply:
    try:
        run = msgspec.json.decode(path.read_bytes(), type=MirrorRun)
        path.unlink()
        with _alone(home):
            links = tracker.mirror(run)
        mirrored = Mirrored(uri=links.uri, experiment_id=links.experiment_id, run_id=links.run_id, of=content_hash(run))
        home.storage.blobs.put(home.key(run.experiment, "tracking.json"), pretty(mirrored))
        return MirrorReply(links=links)
    except (TrackingUnavailable, OSError) as error:
        return MirrorReply(problem=str(error))


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the home's lock on mirroring: two processes at once would make an experiment's runs twice."""
    home.mlflow.mkdir(parents=True, exist_ok=True)
    with (home.mlflow / ".mirroring").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
