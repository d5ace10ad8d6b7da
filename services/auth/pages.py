"""The sign-in pages: the secret stays in the URL's fragment until a button posts it, so a prefetch spends nothing."""

import base64
import hashlib
import json
from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

from contracts.access.oidc import Provider

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --accent: light-dark(#0f6480, #1b7c9c); }
body { margin: 0; background: light-dark(#f5f7f9, #12171d); color: light-dark(#17202a, #e3e9ef); }
main { max-width: 26rem; margin: 15vh auto; padding: 1.5rem 2rem; border-radius: 10px; }
main { background: light-dark(#fff, #1a2129); border: 1px solid light-dark(#dbe2e8, #303a45); }
h1 { margin: 0; font-size: 1.5rem; }
a { color: light-dark(#0f6480, #7ccdea); }
button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; min-height: 44px; border-radius: 6px; }
button { color: #fff; background: var(--accent); border: 1px solid transparent; cursor: pointer; }
button:disabled { opacity: .6; cursor: default; }
button[value=deny], button[data-provider] { color: inherit; background: none; border-color: currentColor; }
:focus-visible { outline: 2px solid light-dark(#0f6480, #5ec1e2); outline-offset: 2px; }
@media (max-width: 30rem) { main { margin: 1rem; } }
"""

SCRIPT = """
const button = document.querySelector("button"), said = document.querySelector("[role=status]");
const secret = location.hash.slice(1);
const say = text => { said.textContent = text; };
if (!secret) { button.disabled = true; say("This address holds no link. Open the whole address that you were given."); }
button.addEventListener("click", async () => {
  button.disabled = true;
  say("Signing in …");
  try {
    const answer = await fetch("/auth/redeem", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Tipbench": "1" },
      body: JSON.stringify({ secret }),
    });
    if (answer.ok) { location.replace(AFTER); return; }
    say((await answer.json()).message);
    button.disabled = answer.status === 404;
  } catch {
    say("The server did not answer. Try again.");
    button.disabled = false;
  }
});
for (const other of document.querySelectorAll("[data-provider]")) {
  other.disabled = !secret;
  other.addEventListener("click", async () => {
    say("Going on to the provider …");
    try {
      const answer = await fetch("/auth/login/" + other.dataset.provider, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Tipbench": "1" },
        body: JSON.stringify({ invitation: secret }),
      });
      const said = await answer.json();
      if (answer.ok) { location.assign(said.location); return; }
      say(said.message);
    } catch {
      say("The server did not answer. Try again.");
    }
  });
}
"""

CONSENT = """
const said = document.querySelector("[role=status]"), buttons = document.querySelectorAll("button");
const decide = async allow => {
  for (const button of buttons) button.disabled = true;
  try {
    const answer = await fetch("/auth/authorize", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Tipbench": "1" },
      body: JSON.stringify({ request: document.querySelector("main").dataset.request, allow }),
    });
    const found = await answer.json();
    if (answer.ok) { said.textContent = "Going back to the app …"; location.assign(found.location); return; }
    said.textContent = found.message;
  } catch {
    said.textContent = "The server did not answer. Try again.";
    for (const button of buttons) button.disabled = false;
  }
};
for (const button of buttons) button.addEventListener("click", () => decide(button.value === "allow"));
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tipbench: {title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Tipbench</h1>
<p>{lead}</p>
<button type="button">{action}</button>
{others}<p role="status"></p>
<noscript><p>Signing in needs JavaScript.</p></noscript>
</main>
<script>{script}</script>
</body>
</html>
"""


def link_page(after: str) -> tuple[str, dict[str, str]]:
    """Return the page of a local link and its headers; `after` is the path to open once signed in."""
    return _page("sign in", "This link signs you in once, as the local admin.", "Sign in", after)


def invitation_page(after: str, providers: Sequence[Provider] = ()) -> tuple[str, dict[str, str]]:
    """Return the page of an invitation and its headers; with `providers` the new user can sign in again."""
    lead = "You are invited. This link works once."
    return _page("invitation", lead, "Accept and sign in", after, providers)


def sign_in_page(providers: Sequence[Provider], then: str | None) -> tuple[str, dict[str, str]]:
    """Return the page that lists the providers, without scripts; `then` must be a validated path."""
    query = "" if then is None else "?" + urlencode({"next": then})
    rows = [
        f'<li><a href="/auth/login/{provider.name}{escape(query)}">Sign in with {escape(provider.label)}</a></li>'
        for provider in providers
    ]
    said = f"<ul>{''.join(rows)}</ul>" if rows else "<p>No provider is configured: ask for a link.</p>"
    return _plain("sign in", said)


def refusal_page(message: str) -> tuple[str, dict[str, str]]:
    """Return the page for a sign-in with a provider that failed."""
    return _plain("not signed in", f'<p>{escape(message)}</p><p><a href="/auth/sign-in">Sign in</a></p>')


def consent_page(app: str, user: str, request: str) -> tuple[str, dict[str, str]]:
    """Return the page that asks for consent; `request` is base64url, which its buttons post back."""
    body = (
        f"<p>The app <strong>{escape(app)}</strong> wants to act for you, the user {escape(user)}.</p>"
        '<p><button type="button" value="allow">Allow</button> <button type="button" value="deny">Do not allow</button>'
        '</p><p role="status"></p><noscript><p>Allowing needs JavaScript.</p></noscript>'
    )
    return _plain("allow an app", body, script=CONSENT, request=request)


def _plain(title: str, body: str, *, script: str = "", request: str = "") -> tuple[str, dict[str, str]]:
    attribute = f' data-request="{escape(request)}"' if request else ""
    running = f"<script>{script}</script>" if script else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>Tipbench: {title}</title>'
        f"<style>{STYLE}</style></head><body><main{attribute}><h1>Tipbench</h1>{body}</main>{running}</body></html>"
    )
    scripted = f"script-src '{_hash(script)}'; connect-src 'self'; " if script else ""
    policy = (
        f"default-src 'none'; {scripted}style-src '{_hash(STYLE)}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return html, {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


def _page(
    title: str, lead: str, action: str, after: str, providers: Sequence[Provider] = ()
) -> tuple[str, dict[str, str]]:
    others = "".join(
        f'<p><button type="button" data-provider="{provider.name}">Accept with {escape(provider.label)}</button></p>\n'
        for provider in providers
    )
    script = SCRIPT.replace("AFTER", json.dumps(after).replace("<", "\\u003c"))
    html = PAGE.format(title=title, lead=lead, action=action, style=STYLE, script=script, others=others)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(STYLE)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return html, {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
