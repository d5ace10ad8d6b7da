"""Native clients as configured: who they are and where their codes may go, exactly."""

import re

import msgspec

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LOOPBACK = re.compile(r"http://127\.0\.0\.1(?P<port>:[1-9][0-9]{0,4})?(?P<path>/[A-Za-z0-9._~/-]{0,200})")
OWN_SCHEME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9-]+)+:/(?!/)[A-Za-z0-9._~/-]{0,200}")
HIGHEST_PORT = 65535


class NativeClient(msgspec.Struct, frozen=True):
    """A public client: it has no secret, PKCE binds its codes. `label` is the name that people read.

    `redirects` are `com.example.app:/path` or `http://127.0.0.1/path`; the latter matches with any port.
    """

    id: str
    label: str
    redirects: tuple[str, ...]

    def takes(self, redirect: str) -> bool:
        """Return whether `redirect` is registered: the same text, or the same path at another port of 127.0.0.1."""
        if redirect in self.redirects:
            return True
        found = LOOPBACK.fullmatch(redirect)
        if found is None or found["port"] is None or int(found["port"][1:]) > HIGHEST_PORT:
            return False
        return f"http://127.0.0.1{found['path']}" in self.redirects


def redirect_problem(redirect: str) -> str | None:
    """Return why `redirect` cannot be registered, None if it can."""
    found = LOOPBACK.fullmatch(redirect)
    if found is not None:
        return None if found["port"] is None else "leave the port out: any port of 127.0.0.1 counts"
    if OWN_SCHEME.fullmatch(redirect):
        return None
    return "use com.example.app:/path, a scheme with a dot and one slash, or http://127.0.0.1/path"
