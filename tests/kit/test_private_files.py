"""The mode of files follows the process: private, except what is handed over."""

import os
import stat
import threading
from pathlib import Path

from kit.private_files import handed_over, private_files
from tests.deadline import DEADLINE_S
from tests.structure.sources import ROOT, named, sources

PRINTS_ALONE = {
    "wiring/schema.py": "prints the schema and writes no file",
    "wiring/python_keywords.py": "prints a module and writes no file",
    "wiring/cli/option_table.py": "prints a table and writes no file",
    "services/integrations/calendars/calendar_reading.py": "prints what it read and writes no file",
}


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_private_and_what_is_handed_over_is_as_the_user_says(tmp_path: Path) -> None:
    """Folders 0700 and files 0600 whatever the user's mask; theirs again outside of the home, and afterwards."""
    before = os.umask(0o022)
    try:
        with private_files():
            (tmp_path / "home").mkdir()
            (tmp_path / "home" / "file").touch()
            with handed_over():
                (tmp_path / "report.html").touch()
            (tmp_path / "later").touch()
        (tmp_path / "outside").touch()
        with handed_over():
            (tmp_path / "no block around it").touch()
    finally:
        os.umask(before)
    assert [_mode(tmp_path / name) for name in ("home", "home/file", "later")] == [0o700, 0o600, 0o600]
    assert [_mode(tmp_path / name) for name in ("report.html", "outside", "no block around it")] == [0o644] * 3


def test_blocks_of_several_threads_overlap(tmp_path: Path) -> None:
    """Whichever leaves first, the other's files stay private, and after both the mask is the user's."""
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with private_files():
            entered.set()
            leave.wait(DEADLINE_S)
            (tmp_path / "other").touch()

    before = os.umask(0o022)
    try:
        thread = threading.Thread(target=other)
        with private_files():
            thread.start()
            assert entered.wait(DEADLINE_S)
        leave.set()
        thread.join(DEADLINE_S)
        (tmp_path / "outside").touch()
    finally:
        os.umask(before)
    assert [_mode(tmp_path / name) for name in ("other", "outside")] == [0o600, 0o644]


def test_every_entry_point_decides_it_first() -> None:
    """Each module that is run as a process, the command line and the code location keep their files private."""
    texts = {named(path): path.read_text("utf-8") for path in sources()}
    run = {name for name, text in texts.items() if 'if __name__ == "__main__"' in text} - PRINTS_ALONE.keys()
    run |= {"wiring/cli/__init__.py", "wiring/dagster/definitions.py"}
    assert {
        name for name in run if "keep_private()" not in texts[name] and "with private_files()" not in texts[name]
    } == set()
    modules = {name.removesuffix(".py").replace("/", ".") for name in run}
    started = {"resources.dagster.recorder", "resources.tracking.worker", "wiring.processes.child"}
    assert started <= modules
    assert (ROOT / "pyproject.toml").read_text("utf-8").count('= "wiring.cli:main"') == 1
