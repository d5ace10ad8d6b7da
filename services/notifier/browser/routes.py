"""The routes of what browsers load for push messages; nothing in it is anybody's own."""

from collections.abc import Callable

from contracts.modules.notices import Reachable
from contracts.routes import Media, RouteAnswer, RouteCall, RouteSpec, Security
from services.notifier.browser.files import SCOPE, page_script, push_page, worker_script
from services.notifier.mail_links.pages import Page
from services.notifier.mail_links.routes import PAGE, shown

SCRIPT = Media(media_type="text/javascript; charset=utf-8")


def _spec(path: str, name: str, summary: str, answer: Media, made: Callable[[], Page]) -> RouteSpec:
    def endpoint(_: Reachable, __: RouteCall) -> RouteAnswer:
        return shown(made())

    return RouteSpec(
        method="GET",
        path=path,
        name=name,
        summary=summary,
        endpoint=endpoint,
        answer=answer,
        says="The same for everybody.",
        security=Security.PUBLIC,
        loose=True,
    )


ROUTES = (
    _spec(SCOPE, "pushPage", "The page that switches push messages on in a browser.", PAGE, push_page),
    _spec(f"{SCOPE}/page.js", "pushPageScript", "The script of that page.", SCRIPT, page_script),
    _spec(f"{SCOPE}/worker.js", "pushWorker", "The service worker that shows push messages.", SCRIPT, worker_script),
)
