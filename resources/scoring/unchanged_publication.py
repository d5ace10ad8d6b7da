"""Recognizes a publication that is still what would be made now, so that nothing is computed or rendered again."""

import msgspec

from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.estimate import ESTIMATOR_VERSION
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.items import Items
from resources.judging.scores import Scores
from resources.lake.broken import LakeBroken, read_json
from resources.lake.candidates import candidates
from resources.lake.leaderboards import PublishedLeaderboard, read_published
from resources.program_text import program_hash
from resources.storage.files import pretty, sha256_file, write_whole

MADE_FROM = "made_from.json"


class MadeFrom(msgspec.Struct, frozen=True):
    """The contents of a snapshot's made_from.json: a hash of all that it rests on, and those of its own files."""

    inputs: str
    files: dict[str, str]


def publication_inputs(bench: BenchContext, spec: Spec) -> str:
    """Return a hash of everything that a publication is made from: the data's records and hashes, and the program."""
    home, name = bench.home, spec.experiment
    manifest = candidates(home, name).manifest()
    return content_hash(
        (
            spec,
            manifest.sha256 if manifest else None,
            Scores(home, name, spec.rubric).sources(),
            Items(home, name).parts(),
            Items(home, name, anchors=True).parts(),
            bench.on_record(name).records,
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
        made = read_json(published.folder / MADE_FROM, MadeFrom)
        same = made.inputs == inputs and all(
            sha256_file(published.folder / name) == digest for name, digest in made.files.items()
        )
    except (FileNotFoundError, LakeBroken):
        return None
    return published if same else None


def note_inputs(home: Home, spec: Spec, inputs: str) -> None:
    """Write what the current publication was made from; call it once its checks have passed."""
    published = read_published(home, spec.experiment)
    if published is None:
        return
    names = sorted(path.name for path in published.folder.iterdir() if path.name != MADE_FROM)
    files = {name: sha256_file(published.folder / name) for name in names}
    write_whole(published.folder / MADE_FROM, pretty(MadeFrom(inputs, files)))
