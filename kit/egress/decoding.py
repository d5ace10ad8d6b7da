"""Decodes what a peer answered in bounded memory: gzip or nothing, and never more bytes than the caller wants."""

import zlib


class BadBody(Exception):
    """A body that is larger than its limit, or is not what its headers say; the text names no content."""


class BodyDecoder:
    """Collects the body of one answer, decoded; `largest` counts decoded bytes."""

    def __init__(self, encoding: str, largest: int) -> None:
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            raise BadBody("the answer is in an encoding that was not wanted")
        self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in encoding else None
        self._largest, self._data = largest, bytearray()

    def add(self, chunk: bytes) -> None:
        """Add the next bytes from the network; raise BadBody for too many or broken ones."""
        if self._inflate is not None:
            try:
                chunk = self._inflate.decompress(chunk, self._largest - len(self._data) + 1)
            except zlib.error:
                raise BadBody("the answer is not the gzip that it says") from None
        self._data += chunk
        if len(self._data) > self._largest:
            raise BadBody(f"the answer is over {self._largest} bytes")
        if self._inflate is not None and self._inflate.unused_data:
            raise BadBody("the answer goes on after its gzip")

    def finish(self) -> bytes:
        """Return the whole body; raise BadBody for gzip that was cut off."""
        if self._inflate is not None and not self._inflate.eof and (self._data or self._inflate.unconsumed_tail):
            raise BadBody("the answer is cut off")
        return bytes(self._data)
