"""Packs go from home to home: what is in them, what is not, and what is refused."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.benchmark.records import ArchiveRecord, JudgeRecord
from core.choosing.records import ChoiceRecord, ShipRecord
from core.scoring.gates import UnknownCell
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.choosing.against import check_against
from resources.choosing.choosing import ChoiceOptions, choose_cell
from resources.choosing.shipped import champion_among
from resources.choosing.shipping import ship
from resources.home import Home
from resources.judging.scores import Scores
from resources.lake.leaderboards import publications
from resources.lake.specs import Archived, add_records, read_records
from resources.packs.making import CONTENTS, make_pack
from resources.packs.placing import PackedNameTaken, unpack
from resources.packs.reading import BadPack, read_pack
from resources.scoring.computing import compute
from resources.scoring.publishing import publish_leaderboard
from tests.resources.choosing.outputs import NAME, write_outputs
from tests.resources.conftest import benched


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[BenchContext, bytes]:
    """An experiment that anna has judged, chosen and shipped, and its pack."""
    root = tmp_path_factory.mktemp("packed")
    bench = benched(Home(root / "home"))
    spec = adopt(bench, NAME, [write_outputs(root / "o.jsonl", 45)], AdoptOptions(), None).spec
    publish_leaderboard(bench, spec)
    choose_cell(bench, spec, ChoiceOptions(margin=0.2, judges="anna"))
    ship(bench, spec, "south/p")
    return bench, make_pack(bench, NAME)


@pytest.fixture
def file(made: tuple[BenchContext, bytes], tmp_path: Path) -> Path:
    """The pack as a file."""
    path = tmp_path / f"{NAME}.tipbench"
    path.write_bytes(made[1])
    return path


def remade(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The pack with other contents by file."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return sink.getvalue()


def test_a_pack_gives_the_same_board_elsewhere(made: tuple[BenchContext, bytes], file: Path, tmp_path: Path) -> None:
    """Scores, decisions, hand-overs and leaderboards too; it takes nothing more, and the same bytes change nothing."""
    there = benched(Home(tmp_path / "there"))
    state, is_new = unpack(there, file)
    spec = state.pinned()
    assert (is_new, state.name) == (True, NAME)
    ours, theirs = (compute(bench, state.pinned()).rows for bench in (made[0], there))
    assert [(row.model, row.score, row.low, row.cost_per_1k) for row in theirs] == [
        (row.model, row.score, row.low, row.cost_per_1k) for row in ours
    ]
    assert champion_among(there, spec) == "south/p"
    assert len(publications(there.home, NAME)) == 1
    assert {type(record) for record in state.records} >= {JudgeRecord, ChoiceRecord, ShipRecord}
    again, is_new = unpack(there, file)
    assert (is_new, again) == (False, state)
    with pytest.raises(Archived, match="came from a pack"):
        state.open()
    assert choose_cell(there, spec, ChoiceOptions(margin=0.2)).cell == "south/p"
    assert read_records(there.home, NAME) == state.records


def test_people_are_numbers_and_nothing_says_who_or_where(made: tuple[BenchContext, bytes]) -> None:
    """Unless their names are wanted; the same experiment gives the same bytes."""
    bench, data = made
    assert make_pack(bench, NAME) == data
    pack = read_pack(data)
    assert set(pack.scores["judge"].to_pylist()) == {"judge-1"}
    assert {getattr(record, "author", "judge-2") for record in pack.records} == {"judge-2"}
    (choice,) = (record for record in pack.records if isinstance(record, ChoiceRecord))
    assert choice.options["judges"] == "judge-1"
    assert [ship.author for ship in pack.ships.values()] == ["judge-2"]
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        whole = b"".join(packed.read(name) for name in packed.namelist())
    for word in (b"anna", b"tester", str(bench.home.root).encode(), b"o.jsonl"):
        assert word not in whole
    named = read_pack(make_pack(bench, NAME, names=True))
    assert set(named.scores["judge"].to_pylist()) == {"anna"}


def test_a_cell_is_held_against_a_pack_in_place(made: tuple[BenchContext, bytes], file: Path, tmp_path: Path) -> None:
    """By itself the shipped one; people under numbers are others, so the names must be in it."""
    bench = made[0]
    named = tmp_path / "named.tipbench"
    named.write_bytes(make_pack(bench, NAME, names=True))
    spec = bench.on_record(NAME).pinned()
    found = check_against(bench, spec, str(named), None, 0.2)
    assert found.passed
    assert found.numbers["scenarios"] == 45
    with pytest.raises(UnknownCell, match="'east/p' is no cell"):
        check_against(bench, spec, str(file), "east/p", 0.2)


def test_another_experiment_of_the_name_stays(made: tuple[BenchContext, bytes], file: Path) -> None:
    """The home that it was packed in has it already."""
    with pytest.raises(PackedNameTaken, match="another home"):
        unpack(made[0], file)
    assert not any(isinstance(record, ArchiveRecord) for record in read_records(made[0].home, NAME))


def test_what_a_kill_left_is_cleared(file: Path, tmp_path: Path) -> None:
    """Records and scores without a pin are of no experiment."""
    there = benched(Home(tmp_path / "there"))
    add_records(there.home, NAME, [ArchiveRecord("killed", "t")])
    state, _ = unpack(there, file)
    assert not state.is_archived
    assert len(Scores(there.home, NAME, state.pinned().rubric).sources()) == 1


def _lacking(files: dict[str, bytes]) -> None:
    del files["scores.parquet"]


def _outside(files: dict[str, bytes]) -> None:
    files["../../escaped"] = b"x"


def _listed_outside(files: dict[str, bytes]) -> None:
    contents: dict[str, Any] = json.loads(files[CONTENTS])
    contents["files"]["/escaped"] = {
        "bytes": 1,
        "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    }
    files[CONTENTS] = json.dumps(contents).encode()
    files["/escaped"] = b"x"


def _newer(files: dict[str, bytes]) -> None:
    files[CONTENTS] = files[CONTENTS].replace(b'"home_format": 2', b'"home_format": 3')


def _changed(files: dict[str, bytes]) -> None:
    files["records.jsonl"] = files["records.jsonl"].replace(b"judge-1", b"judge-9")


def _renamed(files: dict[str, bytes]) -> None:
    files[CONTENTS] = files[CONTENTS].replace(NAME.encode(), b"tip-bench-other")


def _no_contents(files: dict[str, bytes]) -> None:
    del files[CONTENTS]


def _no_text(files: dict[str, bytes]) -> None:
    files[CONTENTS] = files[CONTENTS].replace(NAME.encode(), b"tip-bench-\xff")


def _nested(files: dict[str, bytes]) -> None:
    files[CONTENTS] = b'{"pack":' + b"[" * 100_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_lacking, "lacks 'scores.parquet'"),
        (_outside, "'../../escaped', which is no file of a pack"),
        (_listed_outside, "'/escaped', which is no file of a pack"),
        (_newer, "this version reads 1 and 2"),
        (_changed, r"records.jsonl is not what the pack says"),
        (_renamed, "its spec is of another"),
        (_no_contents, "so it is no pack"),
        (_no_text, r"cannot be read: 'utf-8' codec"),
        (_nested, "cannot be read: maximum recursion depth"),
    ],
)
def test_a_bad_pack_is_refused_in_a_sentence(
    made: tuple[BenchContext, bytes], tmp_path: Path, change: Callable[[dict[str, bytes]], None], said: str
) -> None:
    """And nothing of it is written."""
    path = tmp_path / "bad.tipbench"
    path.write_bytes(remade(made[1], change))
    there = benched(Home(tmp_path / "there"))
    with pytest.raises(BadPack, match=said):
        unpack(there, path)
    assert there.home.experiments() == []


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_a_pack_that_is_cut_short_is_refused(made: tuple[BenchContext, bytes], share: float) -> None:
    """Wherever it ends, and so is a file that is something else."""
    with pytest.raises(BadPack):
        read_pack(made[1][: int(len(made[1]) * share)])
    with pytest.raises(BadPack):
        read_pack(b"PK\x03\x04" + b"x" * 200)


def test_what_unfolds_to_more_than_it_says_is_refused(made: tuple[BenchContext, bytes]) -> None:
    """No more is unfolded than its entry says, and no more than a gigabyte in any case."""

    def bomb(size: int) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed, zipfile.ZipFile(io.BytesIO(made[1])) as old:
            for name in old.namelist():
                packed.writestr(name, b" " * 3_000_000 if name == CONTENTS else old.read(name))
        return sink.getvalue().replace((3_000_000).to_bytes(4, "little"), size.to_bytes(4, "little"))

    with pytest.raises(BadPack):
        read_pack(bomb(3_000_000))
    with pytest.raises(BadPack):
        read_pack(bomb(1_000))
