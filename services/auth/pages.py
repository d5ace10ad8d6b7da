"""The sign-in pages: the secret stays in the URL's fragment until a button posts it, so a prefetch spends nothing."""

import base64
import hashlib
import json

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 28rem; margin: 15vh auto; padding: 0 1rem; }
button { font: inherit; padding: .6rem 1.2rem; min-height: 44px; cursor: pointer; }
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
<p role="status"></p>
<noscript><p>Signing in needs JavaScript.</p></noscript>
</main>
<script>{script}</script>
</body>
</html>
"""


def link_page(after: str) -> tuple[str, dict[str, str]]:
    """The page of a local link and its headers; `after` is the path that signing in leads to."""
    return _page("sign in", "This link signs you in once, as the local admin.", "Sign in", after)


def invitation_page(after: str) -> tuple[str, dict[str, str]]:
    """The page of an invitation and its headers."""
    return _page("invitation", "You are invited. This link works once.", "Accept and sign in", after)


def _page(title: str, lead: str, action: str, after: str) -> tuple[str, dict[str, str]]:
    script = SCRIPT.replace("AFTER", json.dumps(after).replace("<", "\\u003c"))
    html = PAGE.format(title=title, lead=lead, action=action, style=STYLE, script=script)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(STYLE)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return html, {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
