"""Packs what a judge gets as one ZIP file, for people who judge on their own computer."""

import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from contracts.judging import Packet
from contracts.refusals import Conflict, NotFound, Unavailable
from kit.regular_files import NotAFile, open_regular
from resources.home import Home

FILES = ("INSTRUCTIONS.md", "items.csv", "items.jsonl", "manifest.json", "rubric.json", "scores.schema.json")
"""What was exported; what people put beside it stays where it is."""
LARGEST = 1 << 30
"""Bytes of a folder that is packed, before they are compressed."""
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every entry, so that the same folder gives the same bytes."""


def packet_of(home: Home, experiment: str, judge: str, number: int | None) -> Packet:
    """Return an export folder of a judge as one file; raise Conflict without a number: it is still being written."""
    if number is None:
        raise Conflict("the round is being prepared: its items are not written yet", ("round",))
    name = f"{experiment}-{judge}-{number:03d}"
    return Packet(packed(home.root, home.exports(experiment, judge) / f"{number:03d}", name), f"{name}.zip")


def packed(root: Path, folder: Path, name: str) -> BinaryIO:
    """Return the files of an export folder as a ZIP archive at its start, in a folder called `name` in it.

    It is a file without a name below the home `root`, which the caller closes. Raise NotFound for a folder that lacks
    a file, Conflict for one that is too large or has something else in a file's place, and Unavailable if the disk does
    not take it.
    """
    scratch = root / "tmp"
    try:
        scratch.mkdir(parents=True, exist_ok=True)
        made = cast("BinaryIO", tempfile.TemporaryFile(dir=scratch))  # noqa: SIM115  # the caller closes it
    except OSError as error:
        raise _unwritten(error) from None
    try:
        _pack(made, root, folder, name)
        made.seek(0)
    except OSError as error:
        made.close()
        raise _unwritten(error) from None
    except BaseException:
        made.close()
        raise
    return made


def _pack(made: BinaryIO, root: Path, folder: Path, name: str) -> None:
    left = LARGEST
    with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for file in FILES:
            entry = ZipInfo(f"{name}/{file}", EPOCH)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            try:
                with open_regular(folder / file, ("round",), root=root) as source:
                    left -= source.seek(0, 2)
                    source.seek(0)
                    if left < 0:
                        raise Conflict("the folder is larger than 1 GB: copy it from exports/ of the home", ("round",))
                    with archive.open(entry, "w") as out:
                        shutil.copyfileobj(source, out, 1 << 20)
            except FileNotFoundError:
                raise NotFound(f"{file} is missing in the judge's folder: open the round again", ("round",)) from None
            except NotAFile:
                raise Conflict(f"{file} in the judge's folder is no file: put it back", ("round",)) from None


def _unwritten(error: OSError) -> Unavailable:
    return Unavailable(f"the packet cannot be written: {error.strerror or type(error).__name__}")
