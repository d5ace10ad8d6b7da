"""The routes of the panel: its files for everybody, its pages for admins, and a page of their own for judges."""

import re
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from contracts.access.caller import Role
from services.gateway.edge.middleware import caller_of
from services.gateway.panel.built_files import FOREVER, BuiltFile

PAGES = (
    "/launch",
    "/rounds",
    "/experiments",
    "/experiments/{rest:path}",
    "/catalog",
    "/catalog/{rest:path}",
    "/admin",
    "/admin/{rest:path}",
)
"""What the panel shows beside the front page; every other path stays what it is without a panel."""
POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "connect-src 'self'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
HASHED = re.compile(r"-[\w-]{8}\.\w+$")
"""How the build ends the name of a file that never changes under it."""
PAGE_HEADERS = {"content-security-policy": POLICY, "cache-control": "private, no-cache"}
Page = Callable[[Request], Awaitable[Response]]


def panel_routes(files: Mapping[str, BuiltFile], front: Page) -> list[Route]:
    """Return the panel's routes; `front` answers callers who are no admins, and everybody where nothing is built.

    Judges get a document that loads nothing of the panel, and come to it from the front page too.
    """
    if not files:
        return [Route("/", front, methods=["GET"])]
    index, judging = files["index.html"], files.get("judge.html")

    async def page(request: Request) -> Response:
        caller = caller_of(request.scope)
        if caller is not None and caller.role is Role.JUDGE and request.url.path == "/" and judging is not None:
            return RedirectResponse("/judge", 303, {"cache-control": "no-store"})
        if caller is None or caller.role is not Role.ADMIN:
            return await front(request)
        return index.answer(request, PAGE_HEADERS)

    async def judge(request: Request) -> Response:
        caller = caller_of(request.scope)
        if judging is None or caller is None or caller.role < Role.JUDGE:
            return await front(request)
        return judging.answer(request, PAGE_HEADERS)

    async def file(request: Request) -> Response:
        found = files.get(f"assets/{request.path_params['path']}")
        if found is None:
            return PlainTextResponse("there is no such file: reload the page", 404, {"cache-control": "no-store"})
        return found.answer(request, {"cache-control": FOREVER if HASHED.search(request.url.path) else "no-cache"})

    pages = [Route(path, page, methods=["GET"]) for path in ("/", *PAGES)]
    pages.append(Route("/judge", judge, methods=["GET"]))
    return [*pages, Route("/assets/{path:path}", file, methods=["GET"])]
