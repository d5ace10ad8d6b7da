"""Brings a received file of scores into the inbox: validated whole, then placed by one rename."""

from collections.abc import Sequence
from pathlib import Path

from contracts.judging import LineProblem, Receipt
from core.benchmark.spec import Spec
from resources.home import Home
from resources.judging import inbox
from resources.judging.importer import Rejected, read_answers
from resources.judging.items import all_items
from resources.judging.scores import Scores
from resources.storage.files import sha256_file


class InboxWriter:
    """A file that was read; `receipt` says what becomes of it, `problems` is the receipt of a rejected one.

    `size` is the bytes of the file, `read_over` is what stood around it in the message it came in.
    """

    def __init__(self, home: Home, spec: Spec, written: Path, judge: str | None, read_over: Sequence[str] = ()) -> None:
        self._home, self._name, self._written = home, spec.experiment, written
        self.problems: Receipt | None = None
        self.size = written.stat().st_size
        items = all_items(home, spec.experiment)
        try:
            accepted = read_answers(written, items=items, rubric=spec.rubric, judge=judge)
        except Rejected as rejected:
            self.receipt = self.problems = _refusal(spec, sha256_file(written), judge, rejected)
            return
        known = Scores(home, spec.experiment, spec.rubric).has(accepted.sha256)
        self.receipt = Receipt(
            sha256=accepted.sha256,
            experiment=spec.experiment,
            judge=accepted.judge,
            task=accepted.task,
            state="repeated" if known else "stored",
            n_answers=accepted.table.num_rows,
            n_blank=accepted.blank,
            read_over=[*read_over, *accepted.read_over],
        )

    def place(self, stem: str) -> None:
        """Leave the file to the sensor, under a name with `stem`.

        Again changes nothing, and known bytes are not placed.
        """
        if self.receipt.state == "stored":
            inbox.move_in(self._home, self._name, self._written, self.receipt.sha256, stem)


def _refusal(spec: Spec, sha256: str, judge: str | None, rejected: Rejected) -> Receipt:
    return Receipt(
        sha256=sha256,
        experiment=spec.experiment,
        judge=judge,
        state="rejected",
        n_answers=0,
        n_problems=rejected.total,
        problems=[LineProblem(problem.line, problem.message) for problem in rejected.problems],
    )
