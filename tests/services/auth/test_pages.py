import base64
import hashlib
import re

from services.auth.pages import invitation_page, link_page


def test_the_pages_bring_everything_and_allow_nothing_else() -> None:
    """No address of another resource, and a policy that names exactly the style and the script of the page."""
    for html, headers in (link_page("/"), invitation_page("/judge")):
        assert not re.search(r"(src|href|action)=|url\(|@import|//|\bon\w+=", html)
        policy = headers["Content-Security-Policy"]
        for tag in ("style", "script"):
            (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert policy.startswith("default-src 'none';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["Referrer-Policy"] == "no-referrer"


def test_a_path_cannot_end_the_script() -> None:
    """Where signing in leads to is text in the script, not markup."""
    html, _ = link_page('/</script><script>alert("x")')
    assert html.count("<script>") == 1
