"""The recorder's own process: writes what steps made as runless asset events into the home's Dagster instance.

It reads one Recording a line from standard input and answers each with a Recorded; it ends when its input does.
"""

import sys
from pathlib import Path

import msgspec

from resources.dagster.instance import PARTITIONS, prepare_instance
from resources.home import Home
from resources.steps.result import StepResult
from resources.telemetry_optout import opt_out_of_telemetry


class Recording(msgspec.Struct, frozen=True):
    """The results of steps of one experiment, in order."""

    experiment: str
    steps: list[StepResult] = []


class Recorded(msgspec.Struct, frozen=True):
    """The reply to a Recording; `problem` says why it could not be written, None if it was."""

    problem: str | None = None


def record(home: Home, recording: Recording) -> None:
    """Write the events, adding the experiment's partition first; raise OperationalError if the store is unavailable."""
    import dagster as dg

    from resources.dagster.metadata import as_metadata

    prepare_instance(home)
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(PARTITIONS, [recording.experiment])
        for step in recording.steps:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(step.asset, partition=recording.experiment, metadata=as_metadata(step))
            )


def main(root: str) -> None:
    """Serve recordings for the home at `root` until standard input ends."""
    opt_out_of_telemetry()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what Dagster prints must not mix with the answers
    import dagster  # noqa: F401 - while the steps still run
    from sqlalchemy.exc import SQLAlchemyError

    home, decoder = Home(Path(root)), msgspec.json.Decoder(Recording)
    for line in sys.stdin.buffer:
        try:
            record(home, decoder.decode(line))
            reply = Recorded()
        except (SQLAlchemyError, OSError) as error:
            reply = Recorded(str(getattr(error, "orig", None) or error))
        answers.write(msgspec.json.encode(reply) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
