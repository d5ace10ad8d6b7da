"""The files of a built panel, read once, each with the encodings that the build wrote beside it."""

import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from kit.http.compression import VARIES, accepted_codings

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content codings, the smallest first, and what the build adds to a file's name for each."""
MEDIA = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
"""For files whose name holds a hash of their content."""


class BuiltFile(msgspec.Struct, frozen=True):
    """A file in every encoding; the key "" is its plain content."""

    media: str
    etag: str
    contents: Mapping[str, bytes]

    def answer(self, request: Request, headers: Mapping[str, str]) -> Response:
        """Return the file in the smallest encoding that the request accepts, or 304 where the client has it."""
        accepted = accepted_codings(request.headers.get("accept-encoding", ""))
        coding = next((name for name in ENCODINGS if name in accepted and name in self.contents), "")
        etag = f'"{self.etag}{"-" + coding if coding else ""}"'
        given = {**headers, "etag": etag, "vary": VARIES}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=given)
        given |= {"content-encoding": coding} if coding else {}
        return Response(self.contents[coding], headers=given, media_type=self.media)


def read_built(folder: Path) -> dict[str, BuiltFile]:
    """Return the files of a build by their path in it, such as `assets/icon.svg`; empty where nothing is built."""
    if not (folder / "index.html").is_file():
        return {}
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): _read(path) for path in paths if path.suffix not in {".br", ".gz"}}


def _read(path: Path) -> BuiltFile:
    contents = {"": path.read_bytes()}
    for coding, suffix in ENCODINGS.items():
        compressed = path.with_name(path.name + suffix)
        if compressed.is_file():
            contents[coding] = compressed.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return BuiltFile(MEDIA.get(path.suffix, guessed), hashlib.sha256(contents[""]).hexdigest()[:16], contents)
