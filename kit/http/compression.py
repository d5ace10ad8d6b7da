"""Compresses whole JSON answers that hold no secret, with a length that says little about what is in them."""

import asyncio
import secrets
from gzip import GzipFile
from io import BytesIO

SMALLEST, LARGE = 1_024, 65_536
"""Bytes from which an answer is compressed, and from which a thread does it."""
LEVEL = 4
MOST_PADDING = 100
"""Bytes by which lengths vary at random: whoever counts bytes of the same answer sees as many different lengths."""
VARIES = "Accept-Encoding"


def accepted_codings(header: str) -> set[str]:
    """Return the codings of an Accept-Encoding field that have not the weight 0, in lower case."""
    found = set()
    for part in header.split(","):
        coding, _, weight = part.partition(";")
        if weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}:
            found.add(coding.strip().lower())
    return found


async def gzipped(body: bytes, accept_encoding: str) -> bytes | None:
    """Return the body by gzip, None where it is small or the client does not name gzip.

    Only for answers without a secret: beside text that somebody else chose, a length tells what is equal in both.
    """
    if len(body) < SMALLEST or "gzip" not in accepted_codings(accept_encoding):
        return None
    return await asyncio.to_thread(_gzipped, body) if len(body) >= LARGE else _gzipped(body)


def _gzipped(body: bytes) -> bytes:
    packed = BytesIO()
    padding = "a" * secrets.randbelow(MOST_PADDING)  # the file's name, of which clients make nothing
    with GzipFile(padding, "wb", LEVEL, packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
