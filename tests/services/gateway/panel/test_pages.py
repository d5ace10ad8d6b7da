"""Pages and files of the panel, by who asks."""

from typing import Any

import pytest
from httpx import Response
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Router

from services.gateway.edge.middleware import CALLER
from services.gateway.panel.built_files import BuiltFile
from services.gateway.panel.pages import panel_routes
from tests.services.gateway.recording_app import caller_of, principal

FILES = {
    "index.html": BuiltFile("text/html", "1", {"": b"<main>the panel"}),
    "judge.html": BuiltFile("text/html", "3", {"": b"<main>judging"}),
    "assets/a-DyrHvt6j.js": BuiltFile("text/javascript", "2", {"": b"run()"}),
    "assets/icon.svg": BuiltFile("image/svg+xml", "4", {"": b"<svg/>"}),
}


async def _front(_: Request) -> PlainTextResponse:
    return PlainTextResponse("the front page")


def _got(path: str, who: str, files: dict[str, BuiltFile] = FILES) -> Response:
    router = Router(panel_routes(files, _front))

    async def known(scope: Any, receive: Any, send: Any) -> None:
        scope[CALLER] = caller_of(scope)
        await router(scope, receive, send)

    return principal(known)("GET", path, who=who)


@pytest.mark.parametrize("path", ["/", "/launch", "/rounds", "/experiments", "/experiments/tip-bench-a/leaderboard"])
def test_every_page_is_the_same_document_for_admins(path: str) -> None:
    """The panel finds its page by the address; its policy admits no inline script or style."""
    answer = _got(path, "admin")
    assert answer.text == "<main>the panel"
    assert "'unsafe" not in answer.headers["content-security-policy"]
    assert "script-src 'self';" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("who", ["", "user"])
def test_others_get_the_front_page(who: str) -> None:
    """Whoever is no admin and no judge sees what the front page says to them, at each address."""
    assert [_got(path, who).text for path in ("/", "/launch", "/judge")] == ["the front page"] * 3


def test_a_judge_gets_a_page_of_its_own() -> None:
    """From the front page too; the panel's pages stay closed, and admins may look at the judges' page."""
    assert (_got("/judge", "judge").text, _got("/judge", "admin").text) == ("<main>judging", "<main>judging")
    assert "script-src 'self';" in _got("/judge", "judge").headers["content-security-policy"]
    front = _got("/", "judge")
    assert (front.status_code, front.headers["location"]) == (303, "/judge")
    assert _got("/launch", "judge").text == "the front page"


def test_a_build_without_the_judges_page_has_the_front_page_there() -> None:
    """Nothing is sent on to what is not there."""
    files = {name: file for name, file in FILES.items() if name != "judge.html"}
    assert [_got(path, "judge", files).text for path in ("/", "/judge")] == ["the front page"] * 2


def test_files_never_change_under_their_name() -> None:
    """For everybody, and for ever where it has a hash; one that is not there, also outside the folder, is 404."""
    assert "immutable" in _got("/assets/a-DyrHvt6j.js", "").headers["cache-control"]
    assert _got("/assets/icon.svg", "").headers["cache-control"] == "no-cache"
    for path in ("/assets/b.js", "/assets/../index.html", "/assets/%2e%2e/index.html"):
        missing = _got(path, "admin")
        assert (missing.status_code, missing.headers.get("cache-control", "no-store")) == (404, "no-store")


def test_paths_that_are_no_pages_stay_unknown() -> None:
    """Only the panel's own pages fall back to its document."""
    assert _got("/experimental", "admin").status_code == 404


def test_without_a_build_there_is_the_front_page_alone() -> None:
    """Nothing else is a route then."""
    assert _got("/", "admin", {}).text == "the front page"
    assert _got("/launch", "admin", {}).status_code == 404
