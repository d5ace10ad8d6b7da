"""Checks the number of the home's format: which homes this version reads, and what it says of the others."""

from contextlib import suppress

import msgspec

from core.expected_error import OperatorError
from kit.regular_files import refuse_links
from resources.home import Home
from resources.storage.files import create_exclusively, pretty

EDITORS = ".#"
"""How the name of a link begins by which an editor says that it has a file open."""
FORMAT = 2
"""From here on every later version reads or migrates a home; an older program refuses a newer one."""
LAST_OF_FORMAT_1 = "d5e3cd0ecf"
"""The last commit that reads homes of format 1, which carry no number."""


class OtherHomeFormat(OperatorError, ValueError):
    """A home that another version of the program made and this one does not read; it is left as it is."""


class _Marker(msgspec.Struct, frozen=True):
    home_format: int


def check_format(home: Home) -> None:
    """Raise OtherHomeFormat for a home that this version does not read; an empty home passes.

    Raise LinkedFolder if an entry of the home is a link; the home itself may be one.
    """
    with suppress(FileNotFoundError, PermissionError):  # a home that cannot be listed is said by whoever reads in it
        for entry in home.root.iterdir():
            if not entry.name.startswith(EDITORS):
                refuse_links(home.root, entry)
    path = home.root / "home.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Marker).home_format
    except FileNotFoundError:
        if home.database.exists() or home.experiments():
            raise OtherHomeFormat(
                f"the home {home.root} has format 1, which this version does not read: use commit {LAST_OF_FORMAT_1} "
                "for it, or name another folder in TIPBENCH_HOME"
            ) from None
        return
    except msgspec.DecodeError:
        raise OtherHomeFormat(f"{path} holds no home_format: restore it from a backup") from None
    if found != FORMAT:
        raise OtherHomeFormat(
            f"the home {home.root} has format {found} and this version reads {FORMAT}: use the version that made it, "
            "or name another folder in TIPBENCH_HOME"
        )


def mark_format(home: Home) -> None:
    """Write the format's number into a home that has none yet."""
    if not (home.root / "home.json").exists():
        create_exclusively(home.root.resolve() / "home.json", pretty(_Marker(FORMAT)))
