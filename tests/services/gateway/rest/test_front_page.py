"""The front page, over experiments that are what the test says."""

from typing import Any

import msgspec
import pytest
from starlette.routing import Route, Router

from contracts.benchmark.experiments import ExperimentView, SnapshotView
from contracts.paging import Page, PageRequest
from contracts.refusals import NotFound, Unavailable
from resources.admin.unreadable import unreadable
from services.gateway.edge.middleware import CALLER
from services.gateway.rest.front_page import LATEST, front_page
from tests.api.memory_services import experiment
from tests.services.gateway.recording_app import caller_of, principal


class Listed:
    """Experiments by number, newest first; `unpublished` ones have no leaderboard, `away` is raised."""

    def __init__(self, count: int, unpublished: tuple[str, ...] = (), away: Unavailable | None = None) -> None:
        self.views = [experiment(number) for number in range(count)][::-1]
        self.unpublished, self.away = unpublished, away

    def page(self, request: PageRequest) -> Page[ExperimentView]:
        """The newest of them."""
        assert (request.sort, request.descending, request.where) == ("created_at", True, {})
        if self.away is not None:
            raise self.away
        return Page(self.views[: request.first], [], more=len(self.views) > request.first)

    def snapshots(self, name: str) -> list[SnapshotView]:
        """One, none, or NotFound for one that was deleted meanwhile."""
        if name == "tip-bench-00001":
            raise NotFound("no such experiment")
        return [] if name in self.unpublished else [SnapshotView("hash", "2026-11-24T00:00:00+00:00")]


def shown(listed: Any, who: str = "admin") -> str:
    """The page as a person sees it."""
    router = Router([Route("/", front_page(listed))])

    async def known(scope: Any, receive: Any, send: Any) -> None:
        scope[CALLER] = caller_of(scope)
        await router(scope, receive, send)

    answer = principal(known)("GET", "/", who=who)
    assert answer.status_code == (200 if who else 401)
    return answer.text


def test_the_newest_experiments_are_linked() -> None:
    """At most twenty, with report and leaderboard where they are published, and without a link where not."""
    page = shown(Listed(LATEST + 5, unpublished=("tip-bench-00024",)))
    assert page.count("<tr><td>") == LATEST
    assert [page.count(f'href="/api/bench/{read}/tip-bench-00023"') for read in ("report", "leaderboard")] == [1, 1]
    assert '<td>tip-bench-00024<div class="soft">nothing is published yet</div></td>' in page
    assert "/tip-bench-00024" not in page
    assert f"The {LATEST} newest" in page
    assert "tip-bench-00004" not in page


def test_a_few_are_listed_whole() -> None:
    """Without the hint at more; one that is deleted at this moment takes nothing from the others."""
    page = shown(Listed(3))
    assert page.count("<tr><td>") == 3
    assert page.count('href="/api/bench/report/') == 2
    assert "newest" not in page
    assert "tipbench run NAME" in shown(Listed(0))


def test_what_cannot_be_listed_leaves_the_page() -> None:
    """The links stay, and the reason is text."""
    page = shown(Listed(1, away=Unavailable("lake/<b>x</b> cannot be read")))
    assert "/dagster/" in page
    assert "They cannot be listed now: lake/&lt;b&gt;x&lt;/b&gt; cannot be read" in page


def test_names_and_states_are_text() -> None:
    """Whatever they hold."""
    listed = Listed(1)
    listed.views = [msgspec.structs.replace(listed.views[0], name='"><script>', state="<i>", created_at="<u>")]
    page = shown(listed)
    assert ("<script>" in page, "<i>" in page, "<u>" in page) == (False, False, False)


def test_one_that_cannot_be_read_says_so() -> None:
    """With its name, and dashes for what is not known."""
    listed = Listed(1, unpublished=("tip-bench-damaged",))
    listed.views = [unreadable("tip-bench-damaged")]
    page = shown(listed)
    assert "tip-bench-damaged" in page
    assert "its files cannot be read" in page
    assert page.count("–") == 3


@pytest.mark.parametrize("who", ["", "user", "judge"])
def test_nobody_else_learns_of_experiments(who: str) -> None:
    """They are not even read."""
    assert "tip-bench" not in shown(None, who)
