"""`deleteExperiment` over the API."""

import json

from core.benchmark.spec import Options
from resources.collect.launch import launch
from resources.lake.specs import read_spec
from tests.wiring.conftest import NAME, Served

UNUSED = "tip-bench-unused"
SELECTION = "{ __typename ... on DeletedExperiment { experiment notes } ... on Failure { code message path } }"


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
