"""Repeated requests at the endpoints of the whole server."""

from contracts.paging import PageRequest
from resources.sql.audit_log import AuditTable
from tests.wiring.conftest import Served
from wiring.modules import declared_routes


def test_a_change_under_a_key_is_made_once(served: Served) -> None:
    """A retry after a lost answer gets that answer, and not that somebody has changed the profile since."""
    tag = served.ask("GET", "/v1/profile", "user").headers["etag"]
    sent = {"if-match": tag, "idempotency-key": "save-1"}
    first = served.ask("PUT", "/v1/profile", "user", json={"name": "Ada"}, headers=sent)
    again = served.ask("PUT", "/v1/profile", "user", json={"name": "Ada"}, headers=sent)
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert (again.headers["etag"], again.headers["idempotency-replayed"]) == (first.headers["etag"], "true")
    without = served.ask("PUT", "/v1/profile", "user", json={"name": "Ada"}, headers={"if-match": tag})
    assert without.json()["code"] == "PRECONDITION_FAILED"
    other = served.ask("PUT", "/v1/profile", "user", json={"name": "Bea"}, headers=sent)
    assert (other.status_code, other.json()["code"]) == (422, "KEY_REUSED")
    assert served.ask("GET", "/v1/profile", "user").json()["name"] == "Ada"


def test_keys_of_two_people_are_two(served: Served) -> None:
    """The same key and body of another user is theirs."""
    sent = {"if-match": "*", "idempotency-key": "save-1"}
    for person in ("user", "anna"):
        answer = served.ask("PUT", "/v1/profile", person, json={"name": person}, headers=sent)
        assert (answer.status_code, "idempotency-replayed" in answer.headers) == (200, False)


def test_the_listed_endpoints_are_there(served: Served) -> None:
    """Every one that is repeatable is a route; nothing that leaves an audit row is answered from the store."""
    repeatable = [spec for spec in declared_routes() if spec.idempotent]
    assert {spec.path for spec in repeatable} <= served.paths
    assert len(repeatable) == 6
    assert not any(spec.audit for spec in repeatable)
    assert AuditTable(served.database).page(PageRequest(first=10)).rows == []
