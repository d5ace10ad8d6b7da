"""GraphiQL for admins: a page and its files from this origin alone, under a policy that admits nothing else."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from api.transport.endpoint import Who
from contracts.refusals import Refusal
from kit.http.access import admin
from kit.http.answers import status_of

POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; "
    "font-src 'self' data:; "
    "connect-src 'self'; "
    "worker-src 'self' blob:; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
SCRIPTS = (
    "react.production.min.js",
    "react-dom.production.min.js",
    "graphiql.min.js",
    "graphiql-plugin-explorer.umd.js",
)
STYLES = ("graphiql.min.css", "graphiql-plugin-explorer-style.css")

START = """
const root = ReactDOM.createRoot(document.getElementById("graphiql"));
const endpoint = document.getElementById("graphiql").dataset.endpoint;
const fetcher = GraphiQL.createFetcher({
  url: endpoint,
  subscriptionUrl: location.origin.replace(/^http/, "ws") + endpoint,
});
const plugins = [GraphiQLPluginExplorer.explorerPlugin()];
root.render(React.createElement(GraphiQL, { fetcher, plugins, defaultEditorToolsVisibility: true }));
"""


def _page(path: str, endpoint: str) -> str:
    styles = "".join(f'<link rel="stylesheet" href="{path}/files/{name}">' for name in STYLES)
    scripts = "".join(f'<script src="{path}/files/{name}"></script>' for name in SCRIPTS)
    look = "<style>html,body,#graphiql{height:100%;margin:0}</style>"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>GraphiQL</title>{styles}{look}</head>'
        f'<body><div id="graphiql" data-endpoint="{endpoint}">Loading …</div>{scripts}'
        f'<script src="{path}/start.js"></script></body></html>'
    )


class ForAdmins:
    """Lets admins through: 401 for the anonymous, 403 for others, 503 when no role can be looked up."""

    def __init__(self, app: ASGIApp, who: Who) -> None:
        self._app, self._who = app, who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve an admin's request, refuse any other."""
        refused = await self._refused(scope)
        await (refused or self._app)(scope, receive, send)

    async def _refused(self, scope: Scope) -> Response | None:
        try:
            admin(await self._who(scope))
        except Refusal as refusal:
            return PlainTextResponse(refusal.message, status_of(refusal), HEADERS)
        return None


def graphiql(who: Who, files: Path, path: str = "/graphiql", endpoint: str = "/graphql") -> Mount:
    """Return the mount of the page at `path` with a slash.

    `files` is the folder of the pinned wheel with GraphiQL's scripts. Raise FileNotFoundError when one of them is
    missing.
    """
    missing = [name for name in (*SCRIPTS, *STYLES) if not (files / name).is_file()]
    if missing:
        raise FileNotFoundError(f"GraphiQL lacks {', '.join(missing)}")
    page = _page(path, endpoint)

    async def show(_: Request) -> Response:
        return HTMLResponse(page, headers=HEADERS)

    async def start(_: Request) -> Response:
        return Response(START, headers=HEADERS, media_type="text/javascript")

    routes = [Route("/", show), Route("/start.js", start), Mount("/files", StaticFiles(directory=files))]
    return Mount(path, ForAdmins(Starlette(routes=routes), who))
