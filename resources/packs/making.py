"""Makes the pack of an experiment: what it holds at this moment, the same bytes each time."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from core.benchmark.records import Record
from core.benchmark.spec import Spec
from core.choosing.hand_over import ShippedCell
from core.choosing.records import ChoiceRecord, ShipRecord
from core.expected_error import FieldError
from core.redaction import bytes_without_secrets
from resources.bench_context import BenchContext
from resources.home import Home
from resources.home_format import FORMAT
from resources.judging.scores import Scores
from resources.lake.broken import read_value
from resources.lake.candidates import candidates
from resources.lake.datasets import written_as
from resources.lake.leaderboards import publications, read_snapshot
from resources.lake.specs import pinned_spec, read_records
from resources.packs.names import PACKED, Names, packed_spec
from resources.storage.files import pretty

PACK = 1
"""The version of a pack's own form."""
MOST_BOARDS = 20
"""Leaderboards that a pack holds, the newest ones."""
LARGEST = 1 << 30
"""The most bytes of a pack, and of any file in it."""
ENTRIES = 2_000
CONTENTS = "pack.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)


class TooLargeToPack(FieldError):
    """An experiment of which more than a gigabyte would be packed."""


class PackedFile(msgspec.Struct, frozen=True):
    """One file of a pack: how many bytes it has, and their SHA-256."""

    bytes: int
    sha256: str


class PackContents(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of pack.json: what the pack is of, the format of the home it is from, and its files by name.

    `extends` is what the experiment extended there, which the pack does not hold, and `data` the hash of the scores by
    which decisions know them.
    """

    pack: int
    home_format: int
    experiment: str
    extends: str | None
    data: str
    files: dict[str, PackedFile]


class PackedBoard(msgspec.Struct, frozen=True):
    """A leaderboard of a pack: the hash of its data, when it was published, and by which estimator."""

    data_hash: str
    at: str
    estimator: int


def make_pack(bench: BenchContext, name: str, *, names: bool = False) -> bytes:
    """Return the pack of an experiment, with `names` under the names of the people who judged and decided.

    Raise NotPinned, LakeBroken or TooLargeToPack.
    """
    spec = pinned_spec(bench.home, name)
    own = read_records(bench.home, name)
    ships = [each for each in own if isinstance(each, ShipRecord)]
    looks = _looks(bench.home, spec)
    called = Names(own, [record.author for record in looks], shown=names)
    records: list[Record] = [*looks, *own]
    secrets = bench.secrets()
    texts: dict[str, bytes] = {
        "spec.json": pretty(packed_spec(spec)),
        "records.jsonl": b"".join(
            msgspec.json.encode(called.record(record)) + b"\n" for record in records if isinstance(record, PACKED)
        ),
        **_boards(bench.home, name),
    }
    for ship in ships:
        stored = read_value(
            bench.home.storage.blobs, bench.home.key(name, "ships", f"{ship.number:03d}.json"), ShippedCell
        )
        if stored is not None:
            texts[f"ships/{ship.number:03d}.json"] = pretty(called.ship(stored))
    files = {file: bytes_without_secrets(data, secrets) for file, data in texts.items()}
    files["candidates.parquet"] = _parquet(_tips(bench.home, name))
    files["scores.parquet"] = _parquet(_scores(bench.home, spec, called))
    return _zipped(spec, Scores(bench.home, name, spec.rubric).snapshot_hash, files)


def _looks(home: Home, spec: Spec) -> list[ChoiceRecord]:
    """Return the decisions on record of what the experiment extends, oldest first: looks are counted along them."""
    found: list[ChoiceRecord] = []
    old = spec.extends
    while old is not None:
        found = [*(record for record in read_records(home, old) if isinstance(record, ChoiceRecord)), *found]
        old = pinned_spec(home, old).extends
    return found


def _boards(home: Home, name: str) -> dict[str, bytes]:
    newest = {each.data_hash: each for each in publications(home, name)[-MOST_BOARDS:]}
    files: dict[str, bytes] = {}
    for data_hash in newest:
        board = read_snapshot(home, name, data_hash)
        for file, value in (("leaderboard.json", board.rows), ("slices.json", board.slices())):
            files[f"boards/{data_hash[:16]}/{file}"] = msgspec.json.encode(value)
    listed = [PackedBoard(each.data_hash, each.at, each.estimator) for each in newest.values()]
    return {"boards.json": pretty(listed), **files}


def _tips(home: Home, name: str) -> pa.Table:
    """Return the candidates without what servers said of failures, which may name addresses and accounts."""
    table = candidates(home, name).table()
    place = table.schema.get_field_index("error")
    return table.set_column(place, table.schema.field(place), pa.nulls(len(table), pa.string()))


def _scores(home: Home, spec: Spec, called: Names) -> pa.Table:
    """Return the answers in force with their reasons, by tip and judge, without items and files."""
    table = Scores(home, spec.experiment, spec.rubric).current()
    judges = pa.array(list(map(called.of, table["judge"].to_pylist())), pa.string())
    table = table.drop_columns(["item", "source", "line"])
    place = table.schema.get_field_index("judge")
    table = table.set_column(place, pa.field("judge", pa.string(), nullable=False), judges)
    return table.sort_by([("judge", "ascending"), ("candidate_id", "ascending")])


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", **written_as(table.schema))
    return sink.getvalue()


def _zipped(spec: Spec, data: str, files: Mapping[str, bytes]) -> bytes:
    listed = {file: PackedFile(len(content), hashlib.sha256(content).hexdigest()) for file, content in files.items()}
    contents = PackContents(
        pack=PACK, home_format=FORMAT, experiment=spec.experiment, extends=spec.extends, data=data, files=listed
    )
    whole: dict[str, Any] = {CONTENTS: pretty(contents), **files}
    if sum(map(len, whole.values())) > LARGEST or len(whole) > ENTRIES:
        said = f"{spec.experiment} has over {LARGEST >> 30} GB or {ENTRIES:,} files to pack: pack a smaller experiment"
        raise TooLargeToPack(said, ("experiment",))
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for file, content in whole.items():
            entry = zipfile.ZipInfo(file, _EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if file.endswith(".parquet") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            packed.writestr(entry, content)
    return sink.getvalue()
