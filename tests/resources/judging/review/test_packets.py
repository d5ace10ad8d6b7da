"""Packets of judges as one file."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from contracts.refusals import Conflict, NotFound
from resources.judging.import_export import export_pending
from resources.judging.review import packets
from resources.judging.review.packets import FILES, packed
from resources.lake.specs import pinned_spec
from tests.resources.judging.experiment import NAME

FOLDER = "001"


def folder_of(root: Path) -> Path:
    """An export folder of which every file says its own name."""
    folder = root / "exports" / "tip-bench-x" / "anna" / FOLDER
    folder.mkdir(parents=True)
    for file in FILES:
        (folder / file).write_text(file)
    return folder


def test_a_packet_holds_what_was_exported_and_no_more(tmp_path: Path) -> None:
    """Equal folders give equal bytes, whatever people put beside the files; nothing stays of it on the disk."""
    folder = folder_of(tmp_path)
    with packed(tmp_path, folder, "x") as first:
        before = first.read()
        with ZipFile(first) as archive:
            assert {name: archive.read(name).decode() for name in archive.namelist()} == {f"x/{f}": f for f in FILES}
    (folder / "scores.jsonl").write_text("mine")
    with packed(tmp_path, folder, "x") as again:
        assert again.read() == before
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_packet_leads_nowhere_else(tmp_path: Path) -> None:
    """A link in a file's place, or on the way to it, is refused; so is a folder that lacks a file."""
    folder = folder_of(tmp_path)
    (folder / "items.csv").unlink()
    with pytest.raises(NotFound, match=r"items\.csv is missing"):
        packed(tmp_path, folder, "x")
    (tmp_path / "secret").write_text("s")
    (folder / "items.csv").symlink_to(tmp_path / "secret")
    with pytest.raises(Conflict, match=r"items\.csv .* is no file"):
        packed(tmp_path, folder, "x")
    (folder / "items.csv").unlink()
    (folder / "items.csv").write_text("items.csv")
    moved = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(moved)
    with pytest.raises(Conflict):
        packed(tmp_path, folder, "x")


def test_a_packet_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is larger than the bound in all is refused."""
    folder = folder_of(tmp_path)
    monkeypatch.setattr(packets, "LARGEST", sum(len(file) for file in FILES) - 1)
    with pytest.raises(Conflict, match="larger"):
        packed(tmp_path, folder, "x")


def test_a_round_gives_its_own_folder(setup: Any) -> None:
    """It is named for experiment, judge and number; unwritten it is a conflict, and for another judge not found."""
    opened = setup.rounds.open(NAME, "anna", "human", setup.callers["admin"])
    with pytest.raises(Conflict, match="prepared"):
        setup.rounds.packet(opened.id, setup.callers["admin"])
    export_pending(setup.context, pinned_spec(setup.context.home, NAME))
    found = setup.rounds.packet(opened.id, setup.callers["admin"])
    with found.file, ZipFile(found.file) as archive:
        manifest = json.loads(archive.read(f"{found.name.removesuffix('.zip')}/manifest.json"))
    assert found.name == f"{NAME}-anna-001.zip"
    assert (manifest["experiment"], manifest["judge"]) == (NAME, "anna")
    with pytest.raises(NotFound):
        setup.rounds.packet(opened.id, setup.callers["ben"])
