"""A journal in a file of a test's own."""

from pathlib import Path

from resources.lake.journal import PLAIN, JournalStore, LineCodec
from resources.storage.local import local_storage


def journal_at(path: Path, codec: LineCodec = PLAIN) -> JournalStore:
    """Return where a journal is that lies in this file."""
    return JournalStore(local_storage(path.parent).logs, path.name, codec)
