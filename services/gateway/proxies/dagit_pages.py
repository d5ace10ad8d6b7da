"""Which of Dagit's pages and files are served, and the content policy that keeps text in them inert."""

from starlette.types import Message, Scope, Send

PREFIX = "/dagster"
FILES = frozenset(
    {
        "_next",
        "vendor",
        "favicon-run-failed.svg",
        "favicon-run-pending.svg",
        "favicon-run-success.svg",
        "favicon.ico",
        "favicon.png",
        "favicon.svg",
        "manifest.json",
        "robots.txt",
        "server_info",
        "logs",
    }
)
PAGES = frozenset(
    {
        "",
        "asset-groups",
        "assets",
        "automation",
        "backfills",
        "catalog",
        "code-location",
        "config",
        "deployment",
        "global-asset-lineage",
        "health",
        "instance",
        "jobs",
        "locations",
        "overview",
        "runs",
        "runs-timeline",
        "schedules",
        "search",
        "selection",
        "sensors",
        "settings",
        "snapshots",
        "timeline",
        "workspace",
    }
)
"""First segments of the paths that are answered; everything else is 404."""

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-src 'none'; "
    "form-action 'self'; frame-ancestors 'self'; object-src 'none'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline' 'unsafe-eval'"
)
"""A second policy beside Dagit's own, which a browser enforces too: tips shown there load nothing from elsewhere."""


def is_open(scope: Scope, pages: frozenset[str]) -> bool:
    """Return whether a request reads one of `pages`, the first path segments below the prefix."""
    path: str = scope["path"]
    parts = path.removeprefix(PREFIX).lstrip("/").split("/")
    if ".." in parts or "\0" in path:  # Dagit makes paths of files from these
        return False
    return scope["method"] in {"GET", "HEAD"} and parts[0] in pages


def with_policy(scope: Scope, send: Send) -> Send:
    """Return `send` with the content security policy added to each response's head."""
    logs = scope["path"].startswith(f"{PREFIX}/logs/")
    policy = "default-src 'none'; sandbox" if logs else POLICY
    extra = [(b"content-security-policy", policy.encode()), (b"x-content-type-options", b"nosniff")]
    if logs:
        extra.append((b"content-disposition", b"attachment"))

    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name for name, _ in extra if name != b"content-security-policy"}
            others = [(name, value) for name, value in message["headers"] if name.lower() not in names]
            message = {**message, "headers": [*others, *extra]}
        await send(message)

    return hardened
