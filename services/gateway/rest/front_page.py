"""The front page: links and the latest experiments for admins, and how to sign in for others."""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from contracts.access.caller import Role
from contracts.benchmark.experiments import Experiments, ExperimentView
from contracts.paging import PageRequest
from contracts.refusals import Refusal
from services.gateway.edge.middleware import caller_of

LATEST = 20
"""How many experiments the page lists."""
UNREADABLE = "unreadable"
"""The state of an experiment whose files are damaged."""
HEADERS = {
    "cache-control": "private, no-store",
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:4rem auto;padding:0 1rem;color:#1d2430;"
    "background:#fff}a{color:#1d5f80}li{margin:.4rem 0}code{background:#f2f5f8;padding:.1rem .3rem;border-radius:3px}"
    "h2{font-size:1.2rem;margin-top:2.5rem}.soft{color:#5c6b77}td .soft{font-size:.875rem}.scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
    "th,td{text-align:left;padding:.4rem 1rem .4rem 0;border-bottom:1px solid #d9e0e5}th,td{white-space:nowrap;"
    "vertical-align:top}"
    "th{color:#5c6b77;font-weight:600;font-size:.875rem}td.n,th.n{text-align:right}"
    "td:first-child{white-space:normal;overflow-wrap:anywhere;min-width:14rem}"
    "@media(prefers-color-scheme:dark){body{background:#14181f;color:#e4e8ee}a{color:#7cc4e8}code{background:#222936}"
    ".soft,th{color:#9fb0bc}th,td{border-color:#34424d}}"
    "@media(max-width:46rem){body{margin:1.5rem auto}}"
)
ADMIN = """
<p>The panel is not built: <code>make up</code> builds it where npm's registry can be reached, and shows it here.</p>
<ul>
<li><a href="/dagster/">Dagit</a>: runs, assets, checks and backfills</li>
<li><a href="/mlflow/">MLflow</a>: experiments, cells and their candidates; it starts at the first visit</li>
<li><a href="/graphiql/">GraphiQL</a>: the admin API, with its documentation</li>
</ul>
"""
JUDGE = "<p>You are signed in as a judge. Rounds are judged through the API: <code>judgeRounds</code>.</p>"
USER = (
    '<p>You are signed in. You can have <a href="/v1/push">push messages in this browser</a>, and see '
    '<a href="/v1/connections/page">your connections</a>: what is read of your calendars and tasks.</p>'
)
NOBODY = (
    "<p>You are not signed in.</p>"
    "<p>If you were invited, open your link again in this browser, or let whoever invited you make another.</p>"
    "<p>If you run this server: in a terminal, in the project's folder, <code>tipbench link</code> prints a link that "
    "signs you in once.</p>"
)
NONE_YET = "<p>There are none yet: <code>tipbench run NAME</code> or <code>launchBenchmark</code> makes one.</p>"


def front_page(experiments: Experiments) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers GET /; it depends on the caller's role, and only admins see experiments."""

    async def show(request: Request) -> Response:
        caller = caller_of(request.scope)
        if caller is None:
            body = NOBODY
        elif caller.role is Role.ADMIN:
            body = ADMIN + await asyncio.to_thread(_latest, experiments)
        else:
            body = JUDGE if caller.role is Role.JUDGE else USER
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tipbench</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
            f"<body><main><h1>Tipbench</h1>{body}</main></body></html>"
        )
        return HTMLResponse(html, 401 if caller is None else 200, HEADERS)

    return show


def _latest(experiments: Experiments) -> str:
    """Return the latest experiments as HTML; what cannot be read is said in their place, and the page stays."""
    try:
        page = experiments.page(PageRequest(first=LATEST, sort="created_at", descending=True))
        rows = "".join(_row(view, published=_is_published(experiments, view.name)) for view in page.rows)
    except Refusal as refusal:
        return f"<h2>Experiments</h2><p>They cannot be listed now: {escape(refusal.message)}</p>"
    if not rows:
        return f"<h2>Experiments</h2>{NONE_YET}"
    head = (
        '<tr><th>Experiment</th><th>State</th><th class="n">Cells</th><th class="n">Coverage</th><th>Created, UTC</th>'
        "</tr>"
    )
    older = (
        f'<p class="soft">The {LATEST} newest; <code>tipbench experiments</code> lists all.</p>' if page.more else ""
    )
    table = f'<div class="scroll"><table><thead>{head}</thead><tbody>{rows}</tbody></table></div>'
    return f"<h2>Experiments</h2>{table}{older}"


def _is_published(experiments: Experiments, name: str) -> bool:
    """Return whether the experiment has a leaderboard that can be read."""
    try:
        return bool(experiments.snapshots(name))
    except Refusal:
        return False


def _row(view: ExperimentView, *, published: bool) -> str:
    """Return an experiment's row; one of which nothing is published links nowhere."""
    name, links = escape(view.name), "nothing is published yet"
    if view.state == UNREADABLE:
        links = "its files cannot be read: restore them from a backup"
    if published:
        board = f'<a href="/api/bench/leaderboard/{name}">leaderboard as JSON</a>'
        links = f'<a href="/api/bench/report/{name}">report</a>, {board}'
    coverage = f"{view.coverage:.0%}" if published else "–"
    created = escape(view.created_at[:16].replace("T", " ")) or "–"
    return (
        f'<tr><td>{name}<div class="soft">{links}</div></td><td>{escape(view.state)}</td>'
        f'<td class="n">{view.n_cells or "–"}</td><td class="n">{coverage}</td><td>{created}</td></tr>'
    )
