"""The mirror's own process: reads one MirrorRun a line from standard input, answers with links or with what was wrong.

It ends when its input does, so it never outlives the process that started it.
"""

import sys
from pathlib import Path

import msgspec

from contracts.benchmark.tracking import MirrorRun, TrackingLinks, TrackingUnavailable
from resources.home import Home
from resources.telemetry_optout import opt_out_of_telemetry
from resources.tracking.tracker import MlflowTracker


class MirrorReply(msgspec.Struct, frozen=True):
    """Links, or one sentence on why there are none."""

    links: TrackingLinks | None = None
    problem: str | None = None


def main(root: str, tracking_uri: str) -> None:
    """Serve until standard input ends; an empty `tracking_uri` means MLflow's own database under the home."""
    opt_out_of_telemetry()
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # what MLflow prints must not mix with the answers
    tracker = MlflowTracker(Home(Path(root)), tracking_uri or None)
    tracker.warm()
    decoder = msgspec.json.Decoder(MirrorRun)
    for line in sys.stdin.buffer:
        try:
            reply = MirrorReply(links=tracker.mirror(decoder.decode(line)))
        except TrackingUnavailable as error:
            reply = MirrorReply(problem=str(error))
        answers.write(msgspec.json.encode(reply) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
