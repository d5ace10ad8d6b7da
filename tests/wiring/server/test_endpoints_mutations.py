"""Repeated requests and `deleteExperiment` at the endpoints of the whole server."""

import json

from contracts.paging import PageRequest
from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.lake.specs import read_spec
from resources.sql.audit_log import AuditTable
from tests.wiring.conftest import NAME, Served
from wiring.modules import declared_routes

UNUSED = "tip-bench-unused"
SELECTION = "{ __typename ... on DeletedExperiment { experiment notes } ... on Failure { code message path } }"


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
    assert len(repeatable) == 11
    assert not any(spec.audit for spec in repeatable)
    assert AuditTable(served.database).page(PageRequest(first=10)).rows == []


def _delete(served: Served, name: str) -> dict[str, object]:
    query = f"mutation($name: String!) {{ deleteExperiment(name: $name) {SELECTION} }}"
    found: dict[str, object] = served.graphql(query, "admin", name=name)["data"]["deleteExperiment"]
    return found


def test_an_unused_name_is_freed(served: Served) -> None:
    """Readers see it go and come back with other options; again it is not found; each call is on the audit log."""
    launch(served.bench, UNUSED, Options(n_scenarios=2), by_default=True)
    read = f'{{ experiment(name: "{UNUSED}") {{ nScenarios state }} }}'
    assert served.graphql(read, "admin")["data"]["experiment"] == {"nScenarios": 2, "state": "pinned"}
    assert _delete(served, UNUSED) == {"__typename": "DeletedExperiment", "experiment": UNUSED, "notes": []}
    assert served.graphql(read, "admin")["data"]["experiment"] is None
    again = _delete(served, UNUSED)
    assert (again["code"], again["path"]) == ("NOT_FOUND", ["name"])
    launch(served.bench, UNUSED, Options(n_scenarios=3), by_default=True)
    assert served.graphql(read, "admin")["data"]["experiment"] == {"nScenarios": 3, "state": "pinned"}
    listed = json.loads(served.ask("GET", "/api/bench/experiments", "admin").text)
    assert [row["name"] for row in listed] == [UNUSED, NAME]
    assert served.outcomes()[-2:] == [("deleteExperiment", "done"), ("deleteExperiment", "NOT_FOUND")]


def test_what_was_collected_stays(served: Served) -> None:
    """A conflict that says what it holds; a judge may not ask."""
    refused = _delete(served, NAME)
    assert (refused["code"], refused["path"]) == ("CONFLICT", ["name"])
    assert str(refused["message"]).startswith(f"{NAME} cannot be deleted: ")
    answer = served.graphql(f'mutation {{ deleteExperiment(name: "{NAME}") {{ __typename }} }}', "anna")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert read_spec(served.bench.home, NAME) is not None
