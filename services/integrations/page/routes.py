"""The routes of what browsers load of the page of one's own connections; nothing in it is anybody's own."""

from contracts.integrations.connections import UserConnections
from contracts.routes import Media, RouteAnswer, RouteCall, RouteSpec, Security
from services.integrations.page.files import PATH, connections_page, page_script


def _page(_: UserConnections, __: RouteCall) -> RouteAnswer:
    html, headers = connections_page()
    return RouteAnswer(value=html, headers=headers)


def _script(_: UserConnections, __: RouteCall) -> RouteAnswer:
    script, headers = page_script()
    return RouteAnswer(value=script, headers=headers)


ROUTES = (
    RouteSpec(
        method="GET",
        path=PATH,
        name="connectionsPage",
        summary="The page of one's own connections.",
        endpoint=_page,
        answer=Media(media_type="text/html; charset=utf-8"),
        says="The same for everybody.",
        security=Security.PUBLIC,
        loose=True,
    ),
    RouteSpec(
        method="GET",
        path=f"{PATH}.js",
        name="connectionsPageScript",
        summary="The script of that page.",
        endpoint=_script,
        answer=Media(media_type="text/javascript; charset=utf-8"),
        says="The same for everybody.",
        security=Security.PUBLIC,
        loose=True,
    ),
)
