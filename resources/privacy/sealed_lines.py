"""Journal lines sealed under a user's own key, so that no copy of them can be read once the key is destroyed."""

import base64

from contracts.modules.sealing import Sealer


class SealedLines:
    """Implements resources.lake.journal.LineCodec: each line opens only for this user, journal and place in the file.

    `journal` names the journal, and is part of what is sealed. A line moved, repeated or taken from another journal
    does not open. Of a file cut at a line's end nothing tells.
    """

    def __init__(self, sealer: Sealer, user: str, journal: str) -> None:
        self._sealer, self._user, self._journal = sealer, user, journal

    def encode(self, line: bytes, offset: int) -> bytes:
        """Return the sealed line in base64, making the user's key at first use; raise Erased."""
        return base64.b64encode(self._sealer.seal(self._user, self._place(offset), line))

    def decode(self, data: bytes, offset: int) -> bytes:
        """Return the line; raise Erased, or ValueError for one of another user, journal or place."""
        return self._sealer.open(self._user, self._place(offset), base64.b64decode(data, validate=True))

    def _place(self, offset: int) -> str:
        return f"journal:{self._journal}:{offset}"
