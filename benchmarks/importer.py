"""Importing 1,000,000 answers of 5 criteria against a bare msgspec decode loop over the same lines, start-up excluded.

usage: python -m benchmarks.importer [LINES]

Ours counts the item index, SHA-256, unknown items, duplicates, ranges, and the Parquet part on the disk.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from core.benchmark.records import JudgeKind
from core.judging.rubric import Criterion, Rubric, Scale
from resources.home import Home
from resources.judging.importer import answers_in
from resources.judging.items import Items
from resources.judging.scores import Scores

NAME, JUDGE = "tip-bench-importer", "anna"
NAMES = ("specific", "actionable", "fitting", "respectful", "clear")
RUBRIC = Rubric("tips", "1", Scale(1, 5), tuple(Criterion(name, name) for name in NAMES))


class FiveScores(msgspec.Struct):
    """The five criteria as the bare loop decodes them."""

    specific: float
    actionable: float
    fitting: float
    respectful: float
    clear: float


class BareAnswer(msgspec.Struct):
    """What the bare loop decodes, without a check beyond its types."""

    item: str
    rubric: str
    scores: FiveScores


def write_answers(home: Home, path: Path, lines: int) -> None:
    """A ledger of items and a file that answers all of them in another order."""
    candidates = [f"{number:032x}" for number in range(lines)]
    items = Items(home, NAME)
    items.add(JUDGE, candidates, 1)
    ids = items.ids(JUDGE, candidates)
    rng = random.Random(0)  # noqa: S311  # data for a benchmark
    rng.shuffle(ids)
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for item in ids:
            scores = {name: rng.randint(1, 5) for name in NAMES}
            file.write(encode({"item": item, "rubric": RUBRIC.ref, "scores": scores}) + b"\n")


def bare(path: Path) -> float:
    """Seconds of the decode loop."""
    decode = msgspec.json.Decoder(BareAnswer).decode
    started = time.perf_counter()
    with path.open("rb") as file:
        for line in file:
            decode(line)
    return time.perf_counter() - started


def ours(home: Home, path: Path) -> float:
    """Seconds from the file to the published part."""
    kinds: dict[str, JudgeKind] = {JUDGE: "human"}
    started = time.perf_counter()
    accepted = answers_in(path.name, path.read_bytes(), items=Items(home, NAME).table(), rubric=RUBRIC)
    Scores(home, NAME, RUBRIC).publish([accepted], kinds, at="2026-01-01T00:00:00+00:00", author="bench")
    return time.perf_counter() - started


def main() -> None:
    """Print both rates and their ratio."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        home, path = Home(Path(folder)), Path(folder) / "answers.jsonl"
        write_answers(home, path, lines)
        loop, own = min(bare(path), bare(path)), ours(home, path)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{lines:,} lines: bare loop {lines / loop:,.0f} lines/s, importer {lines / own:,.0f} lines/s, "
            f"1/{own / loop:.1f} of it (goal 1/7, stretch 1/5); peak {peak:,.0f} MB"
        )


if __name__ == "__main__":
    main()
