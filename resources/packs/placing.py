"""Puts a pack into a home as an experiment that can be read and extended, or reads one in place."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from contracts.storage import Fence
from core.benchmark.records import JudgeKind
from core.choosing.records import UnpackedRecord
from core.expected_error import FieldError
from kit.regular_files import read_given
from resources.adoption.store import clear
from resources.bench_context import BenchContext
from resources.home import Home
from resources.judging.importer import Accepted
from resources.judging.items import Items
from resources.judging.scores import Scores
from resources.lake.candidates import candidates
from resources.lake.leaderboards import publish
from resources.lake.lock import writing
from resources.lake.specs import ExperimentState, add_records, experiment_state, is_pinned, pin
from resources.packs.making import LARGEST
from resources.packs.reading import Pack, read_pack
from resources.storage.files import pretty

ROW_GROUP = 10_000


class PackedNameTaken(FieldError):
    """The home has an experiment of the pack's name with other contents."""

    code = "NAME_TAKEN"


def unpack(bench: BenchContext, path: Path) -> tuple[ExperimentState, bool]:
    """Make the pack in a file an experiment of the home, and return it, and whether this call made it.

    The same bytes again change nothing. All or nothing: the pin is written last. Raise BadPack, PackedNameTaken,
    NotAFile, FileTooLarge or WriterBusy.
    """
    pack = read_pack(read_given(path, LARGEST, ("file",), bench.home.root))
    name = pack.spec.experiment
    with writing(bench.home, name, purpose="unpacking", now=bench.now()) as fence:
        if is_pinned(bench.home, name):
            state = experiment_state(bench.home, name)
            if state.unpacked is not None and state.unpacked.sha256 == pack.sha256:
                return state, False
            said = f"{name} is another experiment of this home: unpack in another home (TIPBENCH_HOME)"
            raise PackedNameTaken(said, ("file",))
        clear(bench.home, name, fence, keep_judges=False)
        _place(bench.home, pack, bench.author, bench.now(), fence)
    return experiment_state(bench.home, name), True


@contextmanager
def in_place(path: Path, root: Path) -> Iterator[tuple[Home, ExperimentState]]:
    """Yield a pack as an experiment of a home of its own, which is gone after the block; `root` is the real home.

    Raise BadPack, NotAFile or FileTooLarge.
    """
    pack = read_pack(read_given(path, LARGEST, ("against",), root))
    with tempfile.TemporaryDirectory(prefix="tipbench-pack-") as folder:
        home = Home(Path(folder).resolve())
        now = pack.spec.created_at
        with writing(home, pack.spec.experiment, purpose="reading a pack", now=now) as fence:
            _place(home, pack, "", now, fence)
        yield home, experiment_state(home, pack.spec.experiment)


def _place(home: Home, pack: Pack, author: str, now: str, fence: Fence) -> None:
    name = pack.spec.experiment
    outcomes = pc.value_counts(pack.tips["outcome"].cast(pa.string())).to_pylist()

    def write(writer: pq.ParquetWriter) -> None:
        for start in range(0, len(pack.tips), ROW_GROUP):
            writer.write_table(pack.tips.slice(start, ROW_GROUP))

    candidates(home, name).publish(write, {each["values"]: each["counts"] for each in outcomes}, fence)
    _write_scores(home, pack, author, now, fence)
    for board, files in pack.boards:
        publish(home, name, board.data_hash, board.at, files, fence, estimator=board.estimator)
    for file, ship in pack.ships.items():
        home.storage.blobs.put(home.key(name, "ships", file), pretty(ship), fence)
    add_records(home, name, [*pack.records, UnpackedRecord(pack.sha256, pack.data, author, now)], fence)
    pin(home, pack.spec, fence=fence)


def _write_scores(home: Home, pack: Pack, author: str, now: str, fence: Fence) -> None:
    """Publish the answers under new items, one of each judge's for each tip."""
    name, items = pack.spec.experiment, Items(home, pack.spec.experiment, fence=fence)
    accepted, kinds = [], dict[str, JudgeKind]()
    for judge in sorted(pack.scores["judge"].unique().to_pylist()):
        own = pack.scores.filter(pc.equal(pack.scores["judge"].cast(pa.string()), judge))
        given = items.add(judge, own["candidate_id"].to_pylist(), 0)
        kinds[judge] = own["kind"][0].as_py()
        columns = {
            "item": pa.array(given, pa.string()),
            **{column: own[column] for column in own.column_names if column not in {"judge", "kind"}},
            "line": pa.array(range(1, len(own) + 1), pa.int64()),
        }
        accepted.append(Accepted("pack", judge, pack.sha256, pa.table(columns)))
    if accepted:
        Scores(home, name, pack.spec.rubric, fence=fence).publish(accepted, kinds, at=now, author=author)
