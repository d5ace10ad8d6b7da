"""What a person should know of adopted outputs: how their numbers were read, and what is odd about them."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from core.judging.rubric import Rubric
from core.plurals import counted
from kit.tables.numbers import UNKNOWN
from resources.adoption.read import AdoptedFile
from resources.adoption.rows import Adopted

SHORT_MS, LONG_MS = 20.0, 300_000.0
DEAR_USD = 0.5
LONGEST_LABEL = 60


def warnings_of(file: AdoptedFile) -> list[str]:
    """Return sentences on what is odd: texts that are a word for nothing, latencies and costs in another unit."""
    return [*_words(file.rows), *_units(file.rows)]


def notes_of(file: AdoptedFile, rubric: Rubric, strangers: Sequence[str]) -> list[str]:
    """Return sentences on how the file was read; `strangers` are judges that the options name and the file does not."""
    notes = [*file.notes, *_read_as(file.rows)]
    if file.named:
        named = "; ".join(f"{new} for {_cut(old)!r}" for old, new in file.named.items())
        notes.append(f"labels have names now (--rename prompt:OLD=NEW gives others): {named}")
    if file.unknown:
        counts = ", ".join(f"{name} in {counted(count, 'row')}" for name, count in file.unknown.items())
        notes.append(f"not a number, taken as not known: {counts}")
    if file.ignored:
        notes.append(f"columns that nothing here reads were left out: {', '.join(file.ignored)}")
    if strangers:
        notes.append(f"--judge-kind names {', '.join(strangers)}, and the file has no scores of theirs")
    if file.metrics:
        notes.append(
            f"scores called {', '.join(file.metrics)} were left out, as --without-scores says: adopt again with "
            "--rubric FILE, a rubric with criteria of these names, and they count"
        )
    if file.partial:
        pairs, stay = counted(file.partial, "(tip, judge) pair lacks", "(tip, judge) pairs lack"), "stay"
        stay += "s" if file.partial == 1 else ""
        notes.append(
            f"{pairs} a criterion of {rubric.ref} and {stay} pending: {', '.join(rubric.averaged_names)} are needed"
        )
    if file.on_failures:
        scores = counted(file.on_failures, "score stands", "scores stand")
        notes.append(f"{scores} on outputs without text, which count as failures")
    return notes


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL]}…"


def _read_as(rows: Sequence[Adopted]) -> list[str]:
    latencies, costs = _known(rows)
    said = [f"latency_ms in milliseconds a tip, median {median(latencies):.6g}"] if latencies else []
    said += [f"cost in USD a tip, median {median(costs):.6g}"] if costs else []
    return [f"read as {'; '.join(said)}"] if said else []


def _known(rows: Sequence[Adopted]) -> tuple[list[float], list[float]]:
    latencies = [row.latency_ms for row in rows if row.latency_ms is not None]
    return latencies, [row.cost for row in rows if row.cost is not None]


def _units(rows: Sequence[Adopted]) -> list[str]:
    latencies, costs = _known(rows)
    found = []
    if latencies and 0 < median(latencies) < SHORT_MS:
        found.append(f"latency_ms has a median of {median(latencies):.3g} ms a tip: are these seconds?")
    if latencies and median(latencies) > LONG_MS:
        found.append(f"latency_ms has a median of {median(latencies) / 1000:.3g} s a tip: are these microseconds?")
    if costs and median(costs) > DEAR_USD:
        found.append(f"cost has a median of {median(costs):.3g} USD a tip: is it in cents, or for more than one tip?")
    return found


def _words(rows: Sequence[Adopted]) -> list[str]:
    words = Counter(row.text.strip() for row in rows if row.text and row.text.strip().lower() in UNKNOWN)
    return [
        f"{counted(count, 'text is', 'texts are')} the word {word}, taken as a tip: "
        "leave the cell empty where there is no text"
        for word, count in words.items()
    ]
