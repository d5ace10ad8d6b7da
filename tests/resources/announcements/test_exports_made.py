"""Exports as whoever waits for them sees them."""

import json
from pathlib import Path

from resources.announcements.exports_made import export_marks, exports_made
from resources.home import Home

NAME = "tip-bench-a"


def _export(home: Home, judge: str, number: str, items: object) -> Path:
    folder = home.exports(NAME, judge) / number
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"items": items}), "utf-8")
    return folder


def test_each_folder_is_an_export_by_judge_and_number(tmp_path: Path) -> None:
    """What cannot be read, is half written or a link is none; a new one changes its judge's mark."""
    home = Home(tmp_path / "home")
    assert (list(exports_made(home, NAME)), export_marks(home, NAME)) == ([], {})
    _export(home, "bert", "001", 3)
    anna = _export(home, "anna", "010", 5)
    before = export_marks(home, NAME)
    _export(home, "anna", "009", 4)
    _export(home, "anna", "011", "many")
    _export(home, "anna", ".012.tmp", 6)
    (anna.parent / "013").mkdir()
    (anna.parent.parent / "mallory").symlink_to(anna.parent)
    found = [(each.judge, each.number, each.items) for each in exports_made(home, NAME)]
    assert found == [("anna", 9, 4), ("anna", 10, 5), ("bert", 1, 3)]
    after = export_marks(home, NAME)
    assert [Path(key).name for key in after if before[key] != after[key]] == ["anna"]
