"""What an item's scores held before the answers that a judge gave on the page."""

from typing import Any

from contracts.refusals import Conflict
from core.spec import Spec
from resources.home import Home
from resources.judging.published import as_answer
from resources.judging.scores import Scores


def before_the_page(home: Home, spec: Spec, item: str, page_files: set[str], *, waits: bool) -> dict[str, Any] | None:
    """The last answer that came another way than in one of `page_files`, None without one.

    Conflict when that one is in force, since a page takes back only what it was given; `waits` says that a later answer
    of the page is on its way.
    """
    scores = Scores(home, spec.experiment, spec.rubric)
    names = {source.sha256: source.name for source in scores.sources()}
    history = scores.history(item)
    elsewhere = [row for row in history if names[row["source"]] not in page_files]
    if history and not waits and history[-1] in elsewhere:
        raise Conflict("this answer came in a file: answer again, or import a corrected file", ("item",))
    return as_answer(spec, elsewhere[-1]) if elsewhere else None
