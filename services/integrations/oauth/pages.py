"""The pages that a browser sees when a provider sends it back: no script, nothing loaded, no address left behind."""

import base64
import hashlib
from html import escape

from starlette.responses import HTMLResponse

from contracts.integrations.connections import ConnectionState, UserConnection
from contracts.refusals import Refusal
from contracts.routes import Media, RefusedAs
from kit.http.answers import PRIVATE, status_of
from kit.refusals import row_of
from services.integrations.page.files import PATH as CONNECTIONS

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; background: light-dark(#f5f7f9, #12171d); color: light-dark(#17202a, #e3e9ef); }
main { max-width: 26rem; margin: 15vh auto; padding: 1.5rem 2rem; border-radius: 10px; }
main { background: light-dark(#fff, #1a2129); border: 1px solid light-dark(#dbe2e8, #303a45); }
a { color: light-dark(#0f6480, #7ccdea); }
h1 { margin: 0; font-size: 1.5rem; }
@media (max-width: 30rem) { main { margin: 1rem; } }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
PAGE = Media(media_type="text/html; charset=utf-8")


def connected_page(made: UserConnection) -> str:
    """Return what is shown of a connection that was just authorized."""
    if made.state is ConnectionState.RECONNECT:
        return _page("Not connected", f"{made.host} lets the app read nothing. Connect it again.")
    read = "It will be read in a moment." if made.last_sync is None else f"{made.last_sync.says.capitalize()}."
    return _page("Connected", f"{made.host} can be read now. {read}")


def refused_page(refusal: Refusal) -> HTMLResponse:
    """Return a refusal as a page; a program finds the code in a header field."""
    seconds = row_of(refusal).retry_s
    again = {} if seconds is None else {"Retry-After": str(seconds)}
    fields = {**PRIVATE, **HEADERS, **again, "X-Tipbench-Code": refusal.code}
    return HTMLResponse(_page("Not connected", refusal.message), status_of(refusal), headers=fields)


REFUSED_PAGES = RefusedAs(answer=PAGE, respond=refused_page)


def _page(title: str, text: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(text)}</p>"
        f'<p><a href="{CONNECTIONS}">Your connections</a></p></main></body></html>'
    )
