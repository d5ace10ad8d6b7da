"""What browsers load of the page of one's own connections: the same for everybody, filled by its script."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

PATH = "/v1/connections/page"
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
:root { --soft: light-dark(#566371, #9fb0bc); --line: light-dark(#dbe2e8, #303a45); }
:root { --bad: light-dark(#b3261e, #ff8f92); }
* { box-sizing: border-box; }
body { margin: 0; background: light-dark(#f5f7f9, #12171d); color: light-dark(#17202a, #e3e9ef); }
main { max-width: 42rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: .4rem 0; } .soft { color: var(--soft); } .bad { color: var(--bad); }
section, dialog { background: light-dark(#fff, #1a2129); color: inherit; border: 1px solid var(--line); }
section, dialog { border-radius: 10px; padding: 1rem 1.2rem; margin: 0 0 1rem; }
dialog { max-width: 26rem; margin: auto; } dialog h2 { margin: 0; } dialog::backdrop { background: #0008; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin-top: .8rem; }
label { flex: 1 1 12rem; } input { display: block; width: 100%; margin-top: .2rem; padding: .4rem .6rem; }
button, input { font: inherit; min-height: 44px; border-radius: 6px; border: 1px solid light-dark(#8593a0, #5b6a78); }
button, input { background: light-dark(#fff, #12171d); color: inherit; }
button { padding: .4rem 1.1rem; cursor: pointer; } button:disabled { opacity: .6; cursor: default; }
button.main { background: light-dark(#0f6480, #1b6f8c); border-color: transparent; color: #fff; }
button.danger { background: #b3261e; border-color: transparent; color: #fff; }
a { color: light-dark(#0f6480, #7ccdea); } summary { cursor: pointer; min-height: 44px; padding: .6rem 0; }
ul { margin: 0; padding-left: 1.2rem; } li { margin: .3rem 0; } .said:empty { display: none; }
.said { border-left: .25rem solid; padding: .4rem .8rem; }
@media (max-width: 30rem) { main { margin-top: 1rem; } section { padding: .9rem; } .row > button { flex: 1 1 100%; } }
"""
BODY = (
    '<p class="soft">What the app reads for you, when it did so last, and how to take it back. Nobody else sees it.</p>'
    '<p class="said" role="status">Loading …</p><h2>Connected</h2><div id="connections"></div><div id="offers"></div>'
    '<dialog aria-labelledby="asks"><h2 id="asks"></h2><p id="then"></p><div class="row">'
    '<button type="button" class="danger" id="yes">Disconnect</button>'
    '<button type="button" id="no">Keep it</button></div></dialog>'
    "<noscript><p>This page needs JavaScript.</p></noscript>"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'sha256-{_HASH}'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
Page = tuple[bytes, Mapping[str, str]]
"""A page and its header fields."""


def connections_page() -> Page:
    """Return the page, which may run its own script and ask this site alone."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Tipbench: Your connections</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>'
        f'<script src="{PATH}.js" defer></script></head>'
        f"<body><main><h1>Your connections</h1>{BODY}</main></body></html>"
    )
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY"}
    return html.encode(), {**headers, "Cache-Control": "no-cache"}


def page_script() -> Page:
    """Return the page's script."""
    return (Path(__file__).parent / "connections_page.js").read_bytes(), {"Cache-Control": "no-cache"}
