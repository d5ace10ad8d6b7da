"""The endpoint: one ASGI app for the path, by POST and by websocket."""

from api.door import Door, Receive, Scope, Send
from api.http import serve_http
from api.websocket import serve_websocket


class GraphQLEndpoint:
    """For `Route(path, endpoint)` and `WebSocketRoute(path, endpoint)`; every GET is 405, batching is off."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or connection."""
        if scope["type"] == "websocket":
            await serve_websocket(self.door, scope, receive, send)
        else:
            await serve_http(self.door, scope, receive, send)
