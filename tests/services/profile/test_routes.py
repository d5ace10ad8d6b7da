"""The endpoints of profile, for callers whom the edge has found."""

import asyncio
import io
import json
from dataclasses import dataclass, field
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from starlette.requests import Request
from starlette.routing import Router
from starlette.types import Scope

from contracts.access.caller import Caller, Role
from services.gateway.rest.module_routes import Done, RouteGuards, module_routes
from services.profile import routes as profile_routes
from services.profile.erasure.routes import ROUTES, UserData
from tests.services.profile.world import World

pytestmark = pytest.mark.parametrize("way", ["here", "served"])

BODY = {"name": "Ada", "locale": "de", "preferences": {"time_zone": "Europe/Berlin", "muted": ["sleep"]}}


@dataclass
class Asking:
    """The endpoints on a world; `stale` are users who signed in long ago, `audit` what was recorded."""

    world: World
    stale: set[str] = field(default_factory=set)
    audit: list[tuple[str, str, str, str]] = field(default_factory=list)

    def record(self, _: Request, caller: Caller, done: Done) -> None:
        """As the audit log does."""
        self.audit.append((caller.subject, done.operation, done.target, done.outcome))

    def ask(self, method: str, path: str, who: str | None = "user-a", **given: Any) -> httpx.Response:
        """One request."""
        guards = RouteGuards(
            caller_of=_caller, lately=lambda caller: caller.subject not in self.stale, record=self.record
        )
        routes = [
            *module_routes(profile_routes.ROUTES, self.world.profile, guards),
            *module_routes(ROUTES, UserData(self.world.saga, self.world.archives), guards),
        ]
        headers = {**given.pop("headers", {}), **({"x-who": who} if who else {})}

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=Router(routes))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, headers=headers, **given)

        return asyncio.run(go())


def _caller(scope: Scope) -> Caller | None:
    who = dict(scope["headers"]).get(b"x-who", b"").decode()
    role = Role.ADMIN if who == "admin" else Role.USER
    return Caller(who, role, "session", f"session-{who}", 2e9) if who else None


@pytest.fixture
def asking(world: World) -> Asking:
    """Two users and an admin."""
    return Asking(world)


def test_two_tabs_do_not_overwrite_each_other(asking: Asking) -> None:
    """A change names what it is of: 428 without, 412 for something older, and then the tag of what it made."""
    tag = asking.ask("GET", "/v1/profile").headers["etag"]
    assert asking.ask("PUT", "/v1/profile", json=BODY).status_code == 428
    first = asking.ask("PUT", "/v1/profile", json=BODY, headers={"if-match": tag})
    assert (first.status_code, first.json()["preferences"]["muted"]) == (200, ["sleep"])
    second = asking.ask("PUT", "/v1/profile", json={"name": "Tab"}, headers={"if-match": tag})
    assert (second.status_code, second.json()["code"]) == (412, "PRECONDITION_FAILED")
    read = asking.ask("GET", "/v1/profile")
    assert (read.json()["name"], read.headers["etag"]) == ("Ada", first.headers["etag"])
    for rubbish in ('W/"1-0"', '"1"', "x", f"{tag}, {tag}", "W/" + first.headers["etag"]):
        answer = asking.ask("PUT", "/v1/profile", json={}, headers={"if-match": rubbish})
        assert answer.status_code == 412, rubbish
    assert asking.ask("PUT", "/v1/profile", json={}, headers={"if-match": "*"}).status_code == 200


def test_answers_are_private_and_of_one_user(asking: Asking) -> None:
    """304 for who has it, Vary, never a shared cache; another user's tag is another even at the same version."""
    for path in ("/v1/profile", "/v1/profile/consents"):
        read = asking.ask("GET", path)
        assert read.headers["cache-control"] == "private, no-cache"
        assert read.headers["vary"].startswith("Authorization, Cookie")
        again = asking.ask("GET", path, headers={"if-none-match": f'"x", {read.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
    tags = {asking.ask("GET", "/v1/profile", who).headers["etag"] for who in ("user-a", "user-b")}
    assert len(tags) == 2
    asking.ask("PUT", "/v1/profile", json=BODY, headers={"if-match": "*"})
    assert asking.ask("GET", "/v1/profile", "user-b").json()["name"] is None


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"preferences": {"time_zone": "Mars/Base"}}, ["preferences", "time_zone"]),
        ({"preferences": {"quiet": [{"day": "mon", "start": "24:00", "end": "07:00"}]}}, None),
        ({"preferences": {"quiet": [{"day": "noday", "start": "22:00", "end": "07:00"}]}}, None),
        ({"preferences": {"channels": ["pigeon"]}}, None),
        ({"preferences": {"caps": {"per_day": -1}}}, None),
        ({"preferences": {"muted": ["Not A Topic"]}}, None),
        ({"preferences": {"muted": ["sleep\n"]}}, None),
        ({"locale": "de\n"}, None),
        ({"name": "a\nb"}, None),
        ({"name": "ab\n"}, None),
        ({"name": ""}, None),
        ({"admin": True}, None),
    ],
)
def test_what_cannot_be_is_refused(asking: Asking, body: dict[str, Any], path: list[str] | None) -> None:
    """422 that says where; nothing is written."""
    answer = asking.ask("PUT", "/v1/profile", json=body, headers={"if-match": "*"})
    assert (answer.status_code, answer.json()["code"]) == (422, "INVALID_INPUT")
    assert path is None or answer.json()["path"] == path
    assert answer.headers["content-type"] == "application/problem+json"
    assert asking.ask("GET", "/v1/profile").json()["updated_at"] is None


def test_bodies_are_json_and_whole(asking: Asking) -> None:
    """415 for another type, 400 for no JSON."""
    sent: dict[str, Any] = {"content": b"{}", "headers": {"if-match": "*", "content-type": "text/plain"}}
    assert asking.ask("PUT", "/v1/profile", **sent).status_code == 415
    for content in (b"{", b"\xff", b"[" * 5000):
        sent = {"content": content, "headers": {"if-match": "*", "content-type": "application/json"}}
        assert asking.ask("PUT", "/v1/profile", **sent).status_code in {400, 422}


def test_consent_is_given_and_taken_back_by_one_call_each(asking: Asking) -> None:
    """The yes names the text; an unknown purpose is 404, a text that is not in force 409."""
    listed = {entry["purpose"]: entry for entry in asking.ask("GET", "/v1/profile/consents").json()["consents"]}
    improve = listed["improve"]
    assert "find out which models" in improve["text"]
    yes = asking.ask("PUT", "/v1/profile/consents/improve", json={"given": True, "version": improve["version"]})
    assert (yes.status_code, yes.json()["given"]) == (200, True)
    no = asking.ask("PUT", "/v1/profile/consents/improve", json={"given": False})
    assert (no.status_code, no.json()["given"]) == (200, False)
    assert asking.ask("PUT", "/v1/profile/consents/everything", json={"given": True}).status_code == 404
    assert asking.ask("PUT", "/v1/profile/consents/improve", json={"given": True}).status_code == 409


def test_the_export_is_a_download_of_ones_own(asking: Asking) -> None:
    """An archive that is not kept; a row in the audit log; who signed in long ago is told to do so again."""
    asking.ask("PUT", "/v1/profile", json=BODY, headers={"if-match": "*"})
    answer = asking.ask("POST", "/v1/profile/export")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    with ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("profile/profile_profiles.jsonl"))["name"] == "Ada"
    asking.stale.add("user-a")
    stale = asking.ask("POST", "/v1/profile/export")
    assert (stale.status_code, stale.json()["code"]) == (403, "FRESH_SIGN_IN_NEEDED")
    assert asking.audit == [
        ("user-a", "exportUser", "user-a", "done"),
        ("user-a", "exportUser", "", "FRESH_SIGN_IN_NEEDED"),
    ]


def test_erasing_oneself_needs_a_fresh_session(asking: Asking) -> None:
    """Then every module is asked, nothing more is kept, and the row of it names nobody."""
    asking.stale.add("user-a")
    assert asking.ask("POST", "/v1/profile/erase", json={}).status_code == 403
    asking.stale.clear()
    answer = asking.ask("POST", "/v1/profile/erase", json={})
    assert (answer.status_code, answer.json()["waiting"]) == (202, ["notes", "profile"])
    assert asking.audit[-1] == ("erased", "eraseUser", answer.json()["id"], "done")
    late = asking.ask("PUT", "/v1/profile", json=BODY, headers={"if-match": "*"})
    assert (late.status_code, late.json()["code"]) == (410, "GONE")


def test_only_an_admin_erases_somebody_else(asking: Asking) -> None:
    """And only an admin sees who is being erased."""
    refused = asking.ask("POST", "/v1/profile/erase", "user-b", json={"user": "user-a"})
    assert (refused.status_code, refused.json()["path"]) == (403, ["user"])
    assert asking.ask("GET", "/v1/profile/erasures", "user-b").status_code == 403
    begun = asking.ask("POST", "/v1/profile/erase", "admin", json={"user": "user-a"})
    assert (begun.status_code, begun.json()["by"]) == (202, "admin")
    assert asking.audit[-1][:2] == ("admin", "eraseUser")
    (listed,) = asking.ask("GET", "/v1/profile/erasures", "admin").json()["erasures"]
    assert (listed["user"], listed["stuck"], listed["waiting"]) == ("user-a", False, ["notes", "profile"])
    assert asking.ask("POST", "/v1/profile/erase", "admin", json={"user": "nobody"}).status_code == 404


def test_nobody_gets_nothing(asking: Asking) -> None:
    """401 at every endpoint, before anything is looked up."""
    for method, path in (
        ("GET", "/v1/profile"),
        ("PUT", "/v1/profile"),
        ("GET", "/v1/profile/consents"),
        ("PUT", "/v1/profile/consents/push"),
        ("POST", "/v1/profile/export"),
        ("POST", "/v1/profile/erase"),
        ("GET", "/v1/profile/erasures"),
    ):
        answer = asking.ask(method, path, None)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
