"""Exports all of a user from every module as one archive: JSON Lines per table or dataset, a manifest with hashes."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import IO, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
import sqlalchemy as sa

from contracts.modules.retention import PartsRetention, Record, RetentionPolicy
from contracts.refusals import Unavailable
from kit.sql.sessions import snapshot

MANIFEST = "manifest.json"


class ExportedFile(msgspec.Struct, frozen=True):
    """One table or dataset of the archive; `rule` says how long its rows are stored."""

    path: str
    module: str
    table: str
    rows: int
    sha256: str
    rule: str


class ExportManifest(msgspec.Struct, frozen=True, kw_only=True):
    """The contents of the archive; it is written last, so that an archive without it is not complete."""

    format: int = 1
    user: str
    made_at: str
    files: list[ExportedFile]


class ExportArchives:
    """Implements contracts.modules.erasure.Exporter; `folder` is on the same disk as what is exported.

    The file never has a name: nothing of it stays when it is closed, or when the process is killed. `parts` are the
    modules' datasets beside the database, by the name of the module.
    """

    def __init__(
        self,
        engine: sa.Engine,
        policies: Sequence[RetentionPolicy],
        folder: Path,
        *,
        now: Callable[[], str],
        parts: Mapping[str, Sequence[PartsRetention]] = MappingProxyType({}),
    ) -> None:
        self._engine, self._policies, self._folder, self._now = engine, tuple(policies), folder, now
        self._parts = parts

    def export(self, user: str) -> BinaryIO:
        """Return a ZIP archive of one moment of the database and of what lies beside it, complete and at its start.

        The caller closes it. Raise Unavailable if it cannot be written.
        """
        try:
            return self._made(user)
        except OSError as error:
            raise Unavailable(f"the archive cannot be written: {error.strerror or type(error).__name__}") from None

    def _made(self, user: str) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))  # noqa: SIM115  # the caller closes it
        try:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive, snapshot(self._engine) as connection:
                self._fill(archive, connection, user)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file

    def _fill(self, archive: ZipFile, connection: sa.Connection, user: str) -> None:
        made_at, files = self._now(), []
        moment = datetime.fromisoformat(made_at).timetuple()[:6]
        for module, name, rule, records in self._exported(connection, user):
            path = f"{module}/{name}.jsonl"
            with archive.open(_entry(path, moment), "w") as out:
                rows, digest = _written(out, records)
            files.append(ExportedFile(path, module, Path(path).stem, rows, digest, rule))
        manifest = ExportManifest(user=user, made_at=made_at, files=files)
        archive.writestr(_entry(MANIFEST, moment), msgspec.json.format(msgspec.json.encode(manifest), indent=2))

    def _exported(self, connection: sa.Connection, user: str) -> Iterator[tuple[str, str, str, Iterable[Record]]]:
        """Yield module, name, rule and the user's rows of every table, then of every dataset."""
        for policy in self._policies:
            for each in policy.tables():
                if each.export is not None:
                    yield policy.name, each.table.name, each.rule, each.export(connection, user)
        for module, retained in self._parts.items():
            for parts in retained:
                if parts.export is not None:
                    yield module, parts.name, parts.rule, parts.export(user)


def _written(out: IO[bytes], records: Iterable[Record]) -> tuple[int, str]:
    rows, digest = 0, hashlib.sha256()
    for record in records:
        line = msgspec.json.encode(record) + b"\n"
        out.write(line)
        digest.update(line)
        rows += 1
    return rows, digest.hexdigest()


def _entry(path: str, moment: tuple[int, ...]) -> ZipInfo:
    entry = ZipInfo(path, cast("tuple[int, int, int, int, int, int]", moment))
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
    return entry
