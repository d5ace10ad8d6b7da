"""The front page: links for signed-in people, and how to sign in for others."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from contracts.access.caller import Role
from services.gateway.edge.middleware import caller_of

HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem;color:#1d2430;"
    "background:#fff}a{color:#1d5f80}li{margin:.4rem 0}code{background:#f2f5f8;padding:.1rem .3rem;border-radius:3px}"
    "@media(prefers-color-scheme:dark){body{background:#14181f;color:#e4e8ee}a{color:#7cc4e8}code{background:#222936}}"
)
ADMIN = """
<ul>
<li><a href="/dagster/">Dagit</a>: runs, assets, checks and backfills</li>
<li><a href="/mlflow/">MLflow</a>: experiments, cells and their candidates; it starts at the first visit</li>
<li><a href="/graphiql/">GraphiQL</a>: the admin API, with its documentation</li>
</ul>
"""
JUDGE = "<p>You are signed in as a judge. Rounds are judged through the API: <code>judgeRounds</code>.</p>"
USER = "<p>You are signed in. Nothing here is for your role.</p>"
NOBODY = "<p>You are not signed in. <code>tipbench link</code> prints a link that signs you in once.</p>"


def front_page() -> Route:
    """Return the route GET /; what it shows depends on the caller's role."""

    async def show(request: Request) -> Response:
        caller = caller_of(request.scope)
        by_role = {Role.ADMIN: ADMIN, Role.JUDGE: JUDGE, Role.USER: USER}
        body = NOBODY if caller is None else by_role[caller.role]
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tipbench</title>'
            f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
            f"<body><main><h1>Tipbench</h1>{body}</main></body></html>"
        )
        return HTMLResponse(html, 401 if caller is None else 200, HEADERS)

    return Route("/", show, methods=["GET"])
