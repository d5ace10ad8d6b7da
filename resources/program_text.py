"""The text of this program, as what results rest on beside their data."""

from functools import cache
from hashlib import sha256
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
CODE = ("contracts", "core", "kit", "resources")
SUFFIXES = {".py", ".j2", ".md"}


@cache
def program_hash() -> str:
    """Return a hash of all modules and templates that make results: it differs after each change of one."""
    found = sha256()
    for package in CODE:
        for path in sorted((SOURCE / package).rglob("*")):
            if path.suffix in SUFFIXES:
                found.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
