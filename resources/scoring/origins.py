"""Where the shown judges' scores come from: from our blind folders and rounds, or with adopted outputs."""

from collections.abc import Collection

from core.benchmark.spec import Spec
from resources.home import Home
from resources.judging.items import Items
from resources.judging.scores import Scores
from resources.report.data import Origins

NO_FOLDER = 0
"""The export number of items that were never handed out."""


def origins_of(home: Home, spec: Spec, judges: Collection[str]) -> Origins:
    """Return which of these judges have scores that came with adopted outputs, and which scored items from here.

    An adoption writes a judge's scores as one source, before any of that judge's items is handed out. Scores taken
    over from an extended experiment were given there, on its items: none of an adopted one can be taken over.
    """
    sources = [source.judge for source in Scores(home, spec.experiment, spec.rubric).sources() if source.rows]
    came = set()
    if spec.source == "adopt":
        came = {part.judge for part in Items(home, spec.experiment).parts() if part.export == NO_FOLDER}
    return Origins(
        adopted=tuple(judge for judge in judges if judge in came and judge in sources),
        here=tuple(judge for judge in judges if sources.count(judge) > (judge in came)),
    )
