"""The recorder's own process: writes what steps made as runless asset events into the home's Dagster instance.

It reads one Recording a line from standard input and answers each with a Recorded; it ends when its input does.
"""

import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from resources.dagster.instance import PARTITIONS, prepare_instance
from resources.home import Home
from resources.steps.result import StepResult
from resources.telemetry_optout import opt_out_of_telemetry

if TYPE_CHECKING:
    import dagster as dg


class Recording(msgspec.Struct, frozen=True):
    """The results of steps of one experiment, in order."""

    experiment: str
    steps: list[StepResult] = []


class Recorded(msgspec.Struct, frozen=True):
    """The reply to a Recording; `problem` says why it could not be written, None if it was."""

    problem: str | None = None


def open_instance(home: Home) -> "dg.DagsterInstance":
    """Return the home's instance, made at first use; raise OperationalError or OSError if it is unavailable."""
    import dagster as dg

    prepare_instance(home)
    return dg.DagsterInstance.get()


def is_made(home: Home) -> bool:
    """Return whether the files of the instance's databases of runs and events are there."""
    folder = home.dagster / "history"
    return (folder / "runs.db").exists() and (folder / "runs" / "index.db").exists()


def record(instance: "dg.DagsterInstance", recording: Recording) -> None:
    """Write the events, adding the experiment's partition first; raise OperationalError if the store is unavailable."""
    import dagster as dg

    from resources.dagster.metadata import as_metadata

    instance.add_dynamic_partitions(PARTITIONS, [recording.experiment])
    for step in recording.steps:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(step.asset, partition=recording.experiment, metadata=as_metadata(step))
        )


def main(root: str) -> None:
    """Serve recordings for the home at `root` until standard input ends.

    An instance that exists is opened while the steps still run. A new one is made when there is something to record:
    before that the process may be killed at any moment, which must not leave a database half made.
    """
    opt_out_of_telemetry()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what Dagster prints must not mix with the answers
    import dagster  # noqa: F401 - while the steps still run
    from sqlalchemy.exc import SQLAlchemyError

    home, decoder = Home(Path(root)), msgspec.json.Decoder(Recording)
    instance: dg.DagsterInstance | None = None
    with ExitStack() as stack:
        if is_made(home):
            with suppress(SQLAlchemyError, OSError):  # the next attempt says why
                instance = stack.enter_context(open_instance(home))
        for line in sys.stdin.buffer:
            try:
                instance = instance or stack.enter_context(open_instance(home))
                record(instance, decoder.decode(line))
                reply = Recorded()
            except (SQLAlchemyError, OSError) as error:
                reply = Recorded(str(getattr(error, "orig", None) or error))
            answers.write(msgspec.json.encode(reply) + b"\n")
            answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
