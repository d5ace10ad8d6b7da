"""Decides what a judge's next export folder holds: what that judge has not answered yet."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from contracts.storage import Fence
from core.benchmark.records import JudgeKind
from core.benchmark.spec import Spec
from core.judging.blinding import shuffled
from core.plurals import counted
from kit.regular_files import FileTooLarge, NotAFile, read_regular, refuse_links
from resources.home import Home
from resources.judging.export_files import Folder, write_folder
from resources.judging.items import Items

LARGEST, LARGEST_MANIFEST = 1 << 30, 1 << 20
"""The most bytes that are read of a folder's items and of its manifest, which a judge could have changed."""


class _ItemsManifest(msgspec.Struct):
    sha256: dict[str, str]


@dataclass(frozen=True)
class ExportResult:
    """A judge's open folder, or the last one if nothing is open; None if there never was one.

    `pending` counts items without an answer, `tips` the tips with a text that they stand for, `anchors` old items
    that it is shown again.
    """

    folder: Path | None
    made: bool
    pending: int
    anchors: int = 0
    tips: int = 0

    @property
    def open(self) -> int:
        """Return the number of items that the judge has still to answer."""
        return self.pending + self.anchors

    def in_words(self) -> str:
        """Return what is to be judged: tips, and items where fewer of those stand for them, since some look alike."""
        again = f" and {self.anchors} to judge again" if self.anchors else ""
        alike = f" ({counted(self.pending, 'item')}, since some look alike)" if self.pending < self.tips else ""
        return f"{counted(self.tips, 'tip')} to judge{alike}{again}"


def last_export(home: Home, name: str, judge: str) -> Path | None:
    """Return the judge's folder with the highest number, or None; raise LinkedFolder if it is a link."""
    folders = [path for path in home.exports(name, judge).glob("[0-9]*") if path.name.isdecimal() and path.is_dir()]
    last = max(folders, key=lambda path: int(path.name), default=None)
    return last and refuse_links(home.root, last)


def items_size(home: Home, name: str, judge: str) -> int:
    """Return the bytes of the items in the judge's last folder, 0 without one."""
    folder = last_export(home, name, judge)
    if folder is not None:
        with suppress(FileNotFoundError):
            return (folder / "items.jsonl").stat().st_size
    return 0


def next_export(
    home: Home,
    spec: Spec,
    judge: str,
    pending: pa.Table,
    *,
    kind: JudgeKind = "human",
    anchors: pa.Table | None = None,
    fence: Fence | None = None,
) -> ExportResult:
    """Write a folder of `pending` and `anchors` (candidate_id, scenario, text), unless the last one holds just these.

    Tips that share an item are one. Return the folder that is open then. The caller holds the lease by its fence, under
    which the ledger is written first: raise StaleFence, before there is a folder.
    """
    last = last_export(home, spec.experiment, judge)
    again = pending.slice(0, 0) if anchors is None else anchors
    ledgers = [
        (Items(home, spec.experiment, fence=fence), pending),
        (Items(home, spec.experiment, anchors=True, fence=fence), again),
    ]
    ids = [ledger.ids(judge, tips["candidate_id"].to_pylist()) for ledger, tips in ledgers]
    by_item = {item: place for place, item in enumerate(chain(*ids))}
    counts = [len(set(own)) for own in ids]
    if not by_item or (last is not None and _items_of(last) == by_item.keys()):
        return ExportResult(last, False, counts[0], counts[1], len(pending))
    number = int(last.name) + 1 if last else 1
    order = shuffled(by_item, spec.seed, spec.experiment, judge, number)
    for ledger, tips in ledgers:
        ledger.add(judge, tips["candidate_id"].to_pylist(), number)
    folder = home.exports(spec.experiment, judge) / f"{number:03d}"
    shown = pa.concat_tables([tips.select(["scenario", "text"]) for _, tips in ledgers])
    write_folder(Folder(folder, spec, judge, kind), order, shown.take(pa.array([by_item[item] for item in order])))
    return ExportResult(folder, True, counts[0], counts[1], len(pending))


def unanswered(candidates: pa.Table, scores: pa.Table, judges: Iterable[str]) -> dict[str, pa.Table]:
    """Return by judge the candidates with text that the judge has neither scored nor called unscorable."""
    with_text = pc.equal(candidates["outcome"].cast(pa.string()), "text").to_numpy()
    rows = pc.index_in(scores["candidate_id"], value_set=candidates["candidate_id"].combine_chunks())
    places, judge = pc.fill_null(rows, -1).to_numpy(), scores["judge"].cast(pa.string())
    found = {}
    for name in judges:
        answered = places[pc.equal(judge, name).to_numpy()]
        is_open = with_text.copy()
        is_open[answered[answered >= 0]] = False
        found[name] = candidates.filter(pa.array(is_open)) if is_open.any() else candidates.slice(0, 0)
    return found


def _items_of(folder: Path) -> set[str] | None:
    """Return the items of a folder as they were written, or None if the file was changed or removed."""
    try:
        manifest = read_regular(folder / "manifest.json", LARGEST_MANIFEST, ("folder",), links=False)
        wanted = msgspec.json.decode(manifest, type=_ItemsManifest).sha256["items.jsonl"]
        data = read_regular(folder / "items.jsonl", LARGEST, ("folder",), links=False)
    except (FileNotFoundError, NotAFile, FileTooLarge, msgspec.DecodeError, UnicodeDecodeError, KeyError):
        return None
    if hashlib.sha256(data).hexdigest() != wanted:
        return None
    return {msgspec.json.decode(line)["item"] for line in data.splitlines()}
