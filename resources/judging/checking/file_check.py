"""Says what becomes of a received file of scores, by itself or as a process of its own.

usage: python -m resources.judging.checking.file_check HOME EXPERIMENT FILE [JUDGE]
"""

import hashlib
import sys
from pathlib import Path

import msgspec

from contracts.judging import LineProblem, Receipt
from core.benchmark.spec import Spec
from kit.private_files import keep_private
from kit.processes.bounded import OUT_OF_MEMORY, keep_within
from kit.regular_files import read_regular
from resources.home import Home
from resources.judging.importer import LARGEST, Rejected, answers_in
from resources.judging.items import answerable_items
from resources.judging.scores import Scores
from resources.lake.specs import pinned_spec

NICER = 10
"""Steps by which the process gives way to all others of the machine."""
MOST_CPU_S = 60
LEAST_MEMORY, MEMORY_A_BYTE = 1 << 30, 8
"""Bytes of memory that a check may use, and how many more for each byte of the file."""


def receipt_of(home: Home, spec: Spec, written: Path, judge: str | None) -> Receipt:
    """Return what becomes of a file: its answers stored, known already, or all of it rejected."""
    data = read_regular(written, LARGEST, ("file",), links=False)
    items = answerable_items(home, spec)
    try:
        accepted = answers_in(written.name, data, items=items, rubric=spec.rubric, judge=judge)
    except Rejected as rejected:
        return _refusal(spec, hashlib.sha256(data).hexdigest(), judge, rejected)
    known = Scores(home, spec.experiment, spec.rubric).has(accepted.sha256)
    return Receipt(
        sha256=accepted.sha256,
        experiment=spec.experiment,
        judge=accepted.judge,
        task=accepted.task,
        state="repeated" if known else "stored",
        n_answers=accepted.table.num_rows,
        n_blank=accepted.blank,
        read_over=list(accepted.read_over),
    )


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


def main(root: str, experiment: str, file: str, judge: str = "") -> None:
    """Print the receipt as JSON; the kernel ends a check that takes more time or memory than one may."""
    keep_private()
    keep_within(MOST_CPU_S, LEAST_MEMORY + MEMORY_A_BYTE * Path(file).stat().st_size, NICER)
    home = Home(Path(root))
    receipt = receipt_of(home, pinned_spec(home, experiment), Path(file), judge or None)
    sys.stdout.buffer.write(msgspec.json.encode(receipt))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
