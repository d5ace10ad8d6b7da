"""A file that a command names: received into the inbox, and what became of it once it was imported."""

from dataclasses import dataclass
from pathlib import Path

from core.benchmark.spec import Spec
from core.plurals import counted
from core.redaction import bytes_without_secrets
from kit.regular_files import STANDARD_INPUT, read_given
from kit.tables.json_rows import looks_like_json
from resources.bench_context import BenchContext
from resources.judging import inbox
from resources.judging.answer_files import remarks
from resources.judging.importer import LARGEST, Rejected, answers_in
from resources.judging.items import answerable_items
from resources.judging.receiving.arrivals import is_imported, receive, rejected_at_once, report_key
from resources.judging.scores import Scores


@dataclass(frozen=True)
class Settled:
    """What became of an offered file, in a sentence."""

    taken: bool
    sentence: str


@dataclass(frozen=True)
class Offer:
    """A file that was received: its name there, its key while it waits, and the ledger's hashes before it was."""

    name: str
    key: str | None
    before: frozenset[str]
    file: str
    """The name under which it was offered."""


def offer(bench: BenchContext, spec: Spec, file: Path, judge: str | None) -> Offer:
    """Store a copy of `file` in the inbox; with `judge`, reject it at once if its items are not all that judge's.

    `-` is standard input. Raise Archived if the experiment is archived, NotAFile or FileTooLarge for what is not read.
    """
    bench.on_record(spec.experiment).open()
    data = bytes_without_secrets(read_given(file, LARGEST, ("file",), bench.home.root), bench.secrets())
    if file == STANDARD_INPUT:
        file = Path("stdin.jsonl" if looks_like_json(data) else "stdin.csv")
    name = inbox.placed_name(file, data)
    before = frozenset(source.sha256 for source in Scores(bench.home, spec.experiment, spec.rubric).sources())
    if judge is not None:
        items = answerable_items(bench.home, spec)
        try:
            answers_in(file.name, data, items=items, rubric=spec.rubric, judge=judge)
        except Rejected as rejected:
            rejected_at_once(bench.home, spec.experiment, name, data, rejected)
            return Offer(name, None, before, file.name)
    placed = receive(bench.home, spec.experiment, name, data, bench.now())
    return Offer(name, placed.key, before, file.name)


def settled(bench: BenchContext, spec: Spec, offered: Offer) -> Settled:
    """Return whether the offered file was imported, was known before, was rejected, or still waits."""
    home, blobs = bench.home, bench.home.storage.blobs
    if offered.key is not None and blobs.size(offered.key) is not None:
        said = f"{home.shown(offered.key)} still waits in the inbox: run the import again"
        return Settled(taken=False, sentence=said)
    sources = Scores(home, spec.experiment, spec.rubric).sources()
    new = [source for source in sources if source.name == offered.name and source.sha256 not in offered.before]
    if new:
        judges = ", ".join(sorted({f"{source.judge} ({source.kind})" for source in new}))
        sentences = [f"took {counted(sum(source.rows for source in new), 'answer')} of {judges}"]
        sentences += [remark for source in new for remark in remarks(source.read_over, source.blank)]
        return Settled(taken=True, sentence="; ".join(sentences))
    if is_imported(home, spec.experiment, offered.name):
        return Settled(taken=True, sentence="these bytes were imported before: nothing changed")
    report = report_key(spec.experiment, offered.name)
    said = (blobs.get(report) or b"").decode().rstrip().replace(offered.name, offered.file, 1)
    return Settled(taken=False, sentence=f"{said}\nKept with this report as {home.shown(report)}")
