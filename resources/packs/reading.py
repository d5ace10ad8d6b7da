"""Reads a pack that somebody handed over: bounded, every byte held against its hashes, nothing written."""

import hashlib
import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from core.benchmark.names import EXPERIMENT
from core.benchmark.records import KINDS, Record
from core.benchmark.spec import Spec
from core.choosing.hand_over import ShippedCell
from core.dataset_columns import CANDIDATES, scores_schema
from core.expected_error import FieldError
from core.scoring.leaderboard_row import LeaderboardRow, SliceRow
from resources.home_format import FORMAT
from resources.packs.making import CONTENTS, ENTRIES, LARGEST, PACK, PackContents, PackedBoard

MOST_ROWS = 20_000_000
"""The most rows of a dataset in a pack."""
LARGEST_TABLE = 4 << 30
"""The most bytes that a dataset of a pack may come to in memory, as its own metadata say."""
LARGEST_CONTENTS = 1 << 20
FILES = re.compile(
    r"spec\.json|records\.jsonl|candidates\.parquet|scores\.parquet|boards\.json"
    r"|boards/[0-9a-f]{16}/(leaderboard|slices)\.json|ships/[0-9]{3,6}\.json"
)
NEEDED = ("spec.json", "records.jsonl", "candidates.parquet", "scores.parquet", "boards.json")
OUTSIDE_OF_SCORES = ("item", "source", "line")
T = TypeVar("T")


class BadPack(FieldError):
    """A file that is no pack, is not whole or not what it says, or is of a form that this version does not read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ("file",))


@dataclass(frozen=True)
class Pack:
    """A pack, checked: pin, records, datasets, leaderboards with their files, and hand-overs by file.

    `sha256` is that of its bytes, `data` the hash of the scores where it was made.
    """

    sha256: str
    data: str
    spec: Spec
    records: list[Record]
    tips: pa.Table = field(repr=False)
    scores: pa.Table = field(repr=False)
    boards: list[tuple[PackedBoard, dict[str, bytes]]] = field(repr=False)
    ships: dict[str, ShippedCell] = field(repr=False)


def read_pack(data: bytes) -> Pack:
    """Return the pack in the bytes of a file; raise BadPack, which says what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            files = _files(packed)
            contents = _contents(packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadPack(f"the file is no whole pack ({type(error).__name__}): have it packed or copied again") from error
    spec = _decoded(files["spec.json"], "spec.json", Spec)
    if spec.experiment != contents.experiment:
        raise BadPack(
            f"the pack says that it is of {contents.experiment}, and its spec is of another: have it packed again"
        )
    boards = []
    for board in _decoded(files["boards.json"], "boards.json", list[PackedBoard]):
        own = {name: f"boards/{board.data_hash[:16]}/{name}" for name in ("leaderboard.json", "slices.json")}
        kinds = (list[LeaderboardRow], list[SliceRow])
        for file, kind in zip(own.values(), kinds, strict=True):
            _decoded(files.get(file, b""), file, kind)
        boards.append((board, {name: files[file] for name, file in own.items()}))
    lines = [line for line in files["records.jsonl"].split(b"\n") if line]
    return Pack(
        hashlib.sha256(data).hexdigest(),
        contents.data,
        spec,
        [_decoded(line, "records.jsonl", Record) for line in lines],
        _table(files["candidates.parquet"], "candidates.parquet", CANDIDATES),
        _scores(files["scores.parquet"], spec),
        boards,
        {
            file.removeprefix("ships/"): _decoded(data, file, ShippedCell)
            for file, data in files.items()
            if "ships/" in file
        },
    )


def _contents(packed: zipfile.ZipFile) -> PackContents:
    if CONTENTS not in packed.namelist():
        raise BadPack(f"the file holds no {CONTENTS}, so it is no pack: name one that tipbench pack made")
    form = _decoded(_read(packed, packed.getinfo(CONTENTS), LARGEST_CONTENTS), CONTENTS, dict[str, Any])
    if form.get("pack") != PACK or form.get("home_format") != FORMAT:
        said = f"form {form.get('pack')!r:.20} and home_format {form.get('home_format')!r:.20}"
        raise BadPack(f"the pack has {said}, and this version reads {PACK} and {FORMAT}: use the version that made it")
    contents = msgspec.convert(form, PackContents) if _fits(form) else None
    if contents is None or not EXPERIMENT.fullmatch(contents.experiment):
        raise BadPack(f"{CONTENTS} of the pack does not say what it is of: have it packed again")
    return contents


def _fits(form: dict[str, Any]) -> bool:
    try:
        msgspec.convert(form, PackContents)
    except msgspec.ValidationError:
        return False
    return True


def _files(packed: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the files of a pack by name: those that it lists and no others, each with the bytes that it says."""
    entries = packed.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > ENTRIES or len(set(names)) < len(names):
        raise BadPack(f"the pack has over {ENTRIES:,} files or one twice: have it packed again")
    contents = _contents(packed)
    for name in names:
        if name != CONTENTS and (name not in contents.files or not FILES.fullmatch(name)):
            raise BadPack(f"the pack holds {name!r:.80}, which is no file of a pack: nothing was written")
    if missing := [name for name in (*NEEDED, *contents.files) if name not in names]:
        raise BadPack(f"the pack lacks {missing[0]!r:.80}: have it packed or copied again")
    if sum(entry.file_size for entry in entries) > LARGEST:
        raise BadPack(f"the pack unfolds to over {LARGEST >> 30} GB, which is the most that is read of one")
    found = {}
    for entry in entries:
        if entry.filename != CONTENTS:
            data, said = _read(packed, entry, LARGEST), contents.files[entry.filename]
            if (len(data), hashlib.sha256(data).hexdigest()) != (said.bytes, said.sha256):
                raise BadPack(
                    f"{entry.filename} is not what the pack says that it holds: have it packed or copied again"
                )
            found[entry.filename] = data
    return found


def _read(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Return the bytes of a file, no more than its entry says, whatever it unfolds to."""
    if entry.file_size > limit:
        raise BadPack(f"{entry.filename} of the pack has over {limit >> 20} MB, which is the most that is read of it")
    with packed.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) > entry.file_size:
        raise BadPack(f"{entry.filename} of the pack is longer than it says: have it packed again")
    return data


def _decoded(data: bytes, name: str, kind: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadPack(f"{name} of the pack cannot be read: {error!s:.160}; have it packed by this version") from error


def _scores(data: bytes, spec: Spec) -> pa.Table:
    schema = scores_schema(spec.rubric)
    for name in OUTSIDE_OF_SCORES:
        schema = schema.remove(schema.get_field_index(name))
    table = _table(data, "scores.parquet", schema)
    strange = set(table["kind"].unique().to_pylist()) - set(KINDS)
    if strange:
        raise BadPack(f"scores.parquet of the pack has judges of kind {min(strange)!r:.40}: use {', '.join(KINDS)}")
    return table


def _table(data: bytes, name: str, schema: pa.Schema) -> pa.Table:
    """Return a dataset of a pack in the types of its schema; raise BadPack for other columns, and for too much."""
    try:
        with pq.ParquetFile(io.BytesIO(data)) as file:
            metadata = file.metadata
            size = sum(metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups))
            if metadata.num_rows > MOST_ROWS or size > LARGEST_TABLE:
                raise BadPack(f"{name} of the pack has over {MOST_ROWS:,} rows or {LARGEST_TABLE >> 30} GB: pack less")
            if file.schema_arrow.names != schema.names:
                raise BadPack(f"{name} of the pack has other columns than this version reads: have it packed by it")
            return file.read(use_threads=False).cast(schema)
    except (pa.ArrowException, ValueError, OSError) as error:
        if isinstance(error, BadPack):
            raise
        raise BadPack(f"{name} of the pack cannot be read: {error!s:.160}; have it packed again") from error
