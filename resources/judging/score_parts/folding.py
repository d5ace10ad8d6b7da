"""Folds the small parts of all experiments' scores: a judge on a page leaves one with each batch of answers."""

from contextlib import suppress

from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.broken import LakeBroken
from resources.lake.lock import WriterBusy, writing
from resources.lake.specs import pinned_spec


def fold_scores(home: Home, now: str) -> int:
    """Write small parts of scores as few larger ones, in every experiment; return how many parts fewer there are.

    An experiment that is being written at the moment, or of which something cannot be read, is left for the next time.
    """
    fewer = 0
    for name in home.experiments():
        with suppress(WriterBusy, LakeBroken):
            rubric = pinned_spec(home, name).rubric
            if Scores(home, name, rubric).can_be_folded():
                with writing(home, name, purpose="prune", now=now) as fence:
                    fewer += Scores(home, name, rubric, fence=fence).fold()
    return fewer
