"""A search for bytes in every file of a folder, in the forms in which they may have been written."""

import base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path


def found(root: Path, needles: Iterable[bytes]) -> dict[str, list[bytes]]:
    """Return the files under `root` that hold any needle, by relative path, each with the needles that it holds."""
    wanted = {needle: list(_forms(needle)) for needle in needles}
    hits: dict[str, list[bytes]] = {}
    for path in sorted(root.rglob("*")):
        with suppress(FileNotFoundError):  # a running process renames its files
            body = path.read_bytes() if path.is_file() else b""
            mine = [needle for needle, forms in wanted.items() if any(form in body for form in forms)]
            if mine:
                hits[str(path.relative_to(root))] = mine
    return hits


def _forms(needle: bytes) -> Iterator[bytes]:
    """As it is, in hexadecimal, in UTF-16, and inside base64 at each of the three places where it may begin."""
    yield needle
    yield needle.hex().encode()
    yield needle.hex().upper().encode()
    yield b"".join(bytes([byte, 0]) for byte in needle)
    for lead in range(3):
        whole = base64.b64encode(b"\0" * lead + needle)
        yield whole[-(-lead * 8 // 6) : (lead + len(needle)) * 8 // 6]
