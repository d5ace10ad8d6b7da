"""The version of an experiment, whatever people put into its folders."""

import os
from pathlib import Path

from resources.admin.versions import version_of
from resources.home import Home

NAME = "tip-bench-odd"


def test_a_file_of_an_odd_name_keeps_no_list_from_being_shown(tmp_path: Path) -> None:
    """In the folder of exports, which is the people's, and in the one of runs; an export of a judge counts."""
    home = Home(tmp_path)
    before = version_of(home, NAME)
    for folder in (home.root / "exports" / NAME, home.experiment(NAME) / "runs"):
        (folder / "folder").mkdir(parents=True)
        for name in ("back\\slash", "line\nend", os.fsdecode(b"\xff")):
            (folder / name).write_bytes(b"x")
    with_folders = version_of(home, NAME)
    assert with_folders != before
    (home.root / "exports" / NAME / "folder" / "001").mkdir()
    assert version_of(home, NAME) != with_folders
