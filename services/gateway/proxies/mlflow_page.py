"""MLflow's page without its notice on usage data, which are not collected here: its browser learns that first."""

from collections.abc import AsyncIterator

from starlette.responses import Response

SCRIPT_PATH = "/notices.js"
SCRIPT = """for (const [key, value] of [
  ["mlflow.telemetry.info.alert.dismissed_v1", true],
  ["mlflow.settings.telemetry.enabled_v1", false],
]) localStorage.setItem(key, JSON.stringify(value));
"""
"""Written as MLflow's own pages store that the notice was closed, and that nothing is to be reported."""
TAG = b'<script src="notices.js"></script>'
LARGEST = 100_000


def script() -> Response:
    """Return the script, which every page loads before MLflow's own."""
    headers = {"x-content-type-options": "nosniff", "cache-control": "max-age=3600"}
    return Response(SCRIPT, headers=headers, media_type="text/javascript")


async def without_notices(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the page with the script as the first thing in its head; one that is too long or has no head as it is."""
    start = b""
    async for part in body:
        start += part
        before, head, after = start.partition(b"<head>")
        if head or len(start) > LARGEST:
            yield before + head + TAG + after if head else start
            break
    else:
        yield start
        return
    async for part in body:
        yield part
