"""Writes what a declared route answers: records, lists as the command line prints them, pages, files."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from contracts.access.caller import Caller
from contracts.routes import Download, Media, RecordRows, RouteAnswer, RouteSpec
from kit.http.answers import PRIVATE
from kit.http.compression import VARIES, gzipped
from kit.http.etag import etag_answer
from services.gateway.edge.idempotency import REPEATS
from services.gateway.rest.versions import tag_of

BLOCK = 1 << 16


def response_of(spec: RouteSpec, request: Request, visitor: Caller | None, answer: Any) -> Response:
    """Return the response to a request; one that the endpoint made itself as it is."""
    if isinstance(answer, Response):
        return answer
    given: RouteAnswer = answer
    tag = None if given.version is None or visitor is None else tag_of(visitor.subject, given.version)
    if isinstance(spec.answer, Download):
        return _sent_file(given.value, spec.answer, given.filename)
    body, kind, headers = _body(spec, given)
    if spec.method == "GET" and spec.tagged:
        return etag_answer(request, body, tag, media_type=kind, more=headers)
    privately = {} if "cache-control" in headers else PRIVATE
    if given.repeat is not None and REPEATS in request.scope:
        request.scope[REPEATS].append(msgspec.json.encode(given.repeat))
    response = Response(body, spec.status, {**privately, **headers}, kind if body else None)
    if tag is not None:
        response.headers["etag"] = tag
    return response


async def compressed(spec: RouteSpec, request: Request, response: Response) -> Response:
    """Return the response compressed where the client accepts it, if it is JSON that was read and may be read again.

    What is told once has no tag and stays as it is; so does what is changed by the tag that it came with.
    """
    headers, is_json = response.headers, response.media_type == "application/json"
    if spec.method != "GET" or not spec.tagged or spec.versioned or not is_json or "etag" not in headers:
        return response
    headers["vary"] = f"{headers['vary']}, {VARIES}"
    packed = await gzipped(bytes(response.body), request.headers.get("accept-encoding", ""))
    if packed is not None:
        headers["etag"] = f"W/{headers['etag'].removeprefix('W/')}"
        headers["content-encoding"], headers["content-length"] = "gzip", str(len(packed))
        response.body = packed
    return response


def as_printed(records: Sequence[Any]) -> bytes:
    """Return records as bytes, equal to the output of `--format json`."""
    return msgspec.json.format(msgspec.json.encode(records), indent=2) + b"\n"


def _body(spec: RouteSpec, answer: RouteAnswer) -> tuple[bytes, str, dict[str, str]]:
    """The bytes, their media type and the header fields that come with them."""
    if isinstance(spec.answer, Media):
        return answer.value, spec.answer.media_type, {**spec.answer.headers, **answer.headers}
    headers = dict(answer.headers)
    if spec.answer is None:
        return b"", "", headers
    if isinstance(spec.answer, RecordRows):
        return as_printed(answer.value), "application/json", headers
    body = answer.value if isinstance(answer.value, bytes) else msgspec.json.encode(answer.value)
    return body, "application/json", headers


def _sent_file(file: BinaryIO, download: Download, own: str) -> Response:
    """Return the file as a download, under its `own` name if it has one; it is closed when it was sent or failed."""
    size = file.seek(0, 2)
    file.seek(0)
    headers = {"content-disposition": f'attachment; filename="{own or download.filename}"', "content-length": str(size)}
    return StreamingResponse(_blocks(file), 200, PRIVATE | headers, download.media_type, BackgroundTask(file.close))


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    try:
        while block := file.read(BLOCK):
            yield block
    finally:
        file.close()
