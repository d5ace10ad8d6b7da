"""Recognizes a publication that is still what would be made now, so that nothing is computed or rendered again."""

import msgspec

from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.estimate import ESTIMATOR_VERSION
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.items import Items
from resources.judging.model_judges.every_answer import repeats_on_record
from resources.judging.model_judges.failures import without_score_on_record
from resources.judging.scores import Scores
from resources.lake.broken import LakeBroken, read_value
from resources.lake.candidates import candidates
from resources.lake.leaderboards import PublishedLeaderboard, read_published
from resources.program_text import program_hash
from resources.storage.files import pretty
from resources.storage.values import sha256_value

MADE_FROM = "made_from.json"


class MadeFrom(msgspec.Struct, frozen=True):
    """The contents of a snapshot's made_from.json: a hash of all that it rests on, and those of its own files."""

    inputs: str
    files: dict[str, str]


def publication_inputs(bench: BenchContext, spec: Spec) -> str:
    """Return a hash of everything that a publication is made from: the data's records and hashes, and the program."""
    home, name = bench.home, spec.experiment
    manifest, records = candidates(home, name).manifest(), bench.on_record(name).records
    return content_hash(
        (
            spec,
            manifest.sha256 if manifest else None,
            Scores(home, name, spec.rubric).sources(),
            Items(home, name).parts(),
            Items(home, name, anchors=True).parts(),
            records,
            without_score_on_record(home, spec, records),
            repeats_on_record(home, spec, records),
            ESTIMATOR_VERSION,
            program_hash(),
        )
    )


def unchanged_publication(home: Home, spec: Spec, inputs: str) -> PublishedLeaderboard | None:
    """Return the current leaderboard if it was made from `inputs` and its files are as they were written, else None."""
    try:
        published = read_published(home, spec.experiment)
        if published is None:
            return None
        made = read_value(home.storage.blobs, published.key(MADE_FROM), MadeFrom)
    except LakeBroken:
        return None
    if made is None or made.inputs != inputs:
        return None
    digests = ((sha256_value(home.storage.blobs, published.key(name)), digest) for name, digest in made.files.items())
    return published if all(now == then for now, then in digests) else None


def note_inputs(home: Home, spec: Spec, inputs: str, data_hash: str) -> None:
    """Store what the publication of `data_hash` was made from, if it is the current one; call it once it was checked.

    No lease is needed: it holds for these very files, and whoever reads it looks at them again.
    """
    published = read_published(home, spec.experiment)
    if published is None or published.data_hash != data_hash:  # another one was published meanwhile
        return
    blobs = home.storage.blobs
    names = [name for name in blobs.list(published.folder) if not name.endswith("/")]
    found = {name: sha256_value(blobs, published.key(name)) for name in names}
    files = {name: digest for name, digest in found.items() if digest is not None and name != MADE_FROM}
    blobs.put(published.key(MADE_FROM), pretty(MadeFrom(inputs, files)))
