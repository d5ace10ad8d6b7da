"""Built files, as browsers ask for them."""

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.panel.built_files import read_built


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A build of a page and a script, each compressed twice, and an icon that is not."""
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "assets/a.js"):
        for suffix in ("", ".gz", ".br"):
            (tmp_path / f"{name}{suffix}").write_bytes(f"{name}{suffix}".encode())
    (tmp_path / "assets" / "icon.svg").write_text("<svg/>")
    return tmp_path


def _requested(folder: Path, name: str, **headers: str) -> Response:
    fields = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": fields})
    return read_built(folder)[name].answer(request, {"cache-control": "no-cache"})


@pytest.mark.parametrize(
    ("accepted", "body", "coding"),
    [
        ("gzip, deflate, br", b"assets/a.js.br", "br"),
        ("gzip", b"assets/a.js.gz", "gzip"),
        ("br;q=0, GZIP;q=0.5", b"assets/a.js.gz", "gzip"),
        ("", b"assets/a.js", None),
        ("identity", b"assets/a.js", None),
    ],
)
def test_the_smallest_encoding_that_is_accepted_is_sent(
    folder: Path, accepted: str, body: bytes, coding: str | None
) -> None:
    """Brotli before gzip, neither where the weight is 0, and caches are told that it depends on the header."""
    answer = _requested(folder, "assets/a.js", accept_encoding=accepted)
    assert (answer.body, answer.headers.get("content-encoding")) == (body, coding)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"


def test_what_a_client_has_is_not_sent_again(folder: Path) -> None:
    """304 for the tag of the same content in the same encoding."""
    etag = _requested(folder, "assets/a.js", accept_encoding="br").headers["etag"]
    again = _requested(folder, "assets/a.js", accept_encoding="br", if_none_match=etag)
    assert (again.status_code, again.body) == (304, b"")
    assert _requested(folder, "assets/a.js", accept_encoding="gzip", if_none_match=etag).status_code == 200


def test_compressed_files_are_no_files_of_their_own(folder: Path) -> None:
    """A file is listed once by its plain name, also where nothing is compressed."""
    assert set(read_built(folder)) == {"index.html", "assets/a.js", "assets/icon.svg"}
    assert _requested(folder, "assets/icon.svg", accept_encoding="br").body == b"<svg/>"


def test_without_a_page_nothing_is_built(folder: Path) -> None:
    """A folder that is not there, or holds a part of a build, is none."""
    assert read_built(folder / "none") == {}
    (folder / "index.html").unlink()
    assert read_built(folder) == {}
