"""What the edge itself answers, and the header fields that it adds to every answer."""

from typing import Any

from starlette.types import Scope, Send

from contracts.refusals import Refusal
from kit.http.answers import problem
from services.gateway.edge.refusal_pace import LAST

REQUEST_ID = "tipbench.request_id"
"""Key of the scope that every entry point behind the edge reads."""
EDGE_HEADERS = "tipbench.edge_headers"
"""Key of the scope that holds the header fields which the edge adds to whatever is answered."""
SECURE = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"SAMEORIGIN",
    b"cross-origin-opener-policy": b"same-origin",
}
"""Added where an answer does not say otherwise; each page has a content security policy of its own."""
_SECURE = tuple(SECURE.items())


def secured(headers: Any, scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the header fields of an answer with those of the edge."""
    given = {bytes(name).lower() for name, _ in headers}
    found = [*headers, *(field for field in _SECURE if field[0] not in given)]
    if b"x-request-id" not in given:
        found.append((b"x-request-id", scope[REQUEST_ID].encode()))
    if scope.get(LAST) and b"connection" not in given:
        found.append((b"connection", b"close"))
    return [*found, *scope[EDGE_HEADERS]]


async def refuse(scope: Scope, send: Send, refused: Refusal) -> None:
    """Answer with a refusal."""
    if scope["type"] == "websocket":
        closing = {"type": "websocket.close", "code": 1008, "reason": refused.code}
        await send(closing)  # before it is accepted: the server answers 403
        return
    answer = problem(refused, {"request_id": scope[REQUEST_ID]})
    headers = secured(answer.raw_headers, scope)
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
