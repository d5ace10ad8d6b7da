"""The history of an item's scores apart from the answers that a judge gave on the page, and its order."""

from collections.abc import Callable
from typing import NamedTuple

from contracts.refusals import Conflict
from core.benchmark.spec import Spec
from core.judging.answers import Rating
from resources.home import Home
from resources.judging.rounds.published_scores import as_answer
from resources.judging.scores import Scores


class Past(NamedTuple):
    """The rank of every imported file, by name, and an item's answers that did not come by the page."""

    ranks: dict[str, int]
    others: list[tuple[int, Rating]]

    def between(self, earlier: str | None, later: str) -> Rating | None:
        """Return the last other answer between two files of the page, or None.

        A file not imported yet ranks highest.
        """
        top = self.ranks.get(later, len(self.ranks))
        bottom = -1 if earlier is None else self.ranks.get(earlier, top)
        found = [answer for rank, answer in self.others if bottom < rank < top]
        return found[-1] if found else None


def past_of(home: Home, spec: Spec, item: str, page_files: Callable[[], set[str]], *, waits: bool) -> Past:
    """Return an item's past; `waits` is True while an answer of the page is unpublished.

    `page_files` names the item's files of the page; it is asked after the scores were read, so that no file of the
    page which a run publishes meanwhile counts as another's. Raise Conflict if the answer in force came in a file,
    since a page withdraws only what was given on it.
    """
    scores = Scores(home, spec.experiment, spec.rubric)
    sources = scores.sources()
    names = {source.sha256: source.name for source in sources}
    ranks = {source.name: rank for rank, source in enumerate(sources)}
    history = [(names[row["source"]], as_answer(spec, row)) for row in scores.history(item, sources)]
    own = page_files()
    if history and not waits and history[-1][0] not in own:
        raise Conflict("this answer came in a file: answer again, or import a corrected file", ("item",))
    return Past(ranks, [(ranks[name], answer) for name, answer in history if name not in own])
