"""The description of the REST endpoints, against the released one."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from services.gateway.rest.openapi import document
from wiring.modules import declared_routes, schema_names

GOLDEN = Path(__file__).parents[3] / "golden" / "released_openapi.json"
RELEASED: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))


def breaks(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What a client of `old` would miss in `new`: endpoints, answers, members of records, and what it may send."""
    said = []
    for path, methods in old["paths"].items():
        for method, was in methods.items():
            now = new["paths"].get(path, {}).get(method)
            if now is None:
                said.append(f"{method} {path} is gone")
                continue
            good = {status for status in was["responses"] if status.startswith("2")}
            said += [f"{method} {path} answers {status} no more" for status in sorted(good - set(now["responses"]))]
            needed = {each["name"] for each in now.get("parameters", []) if each.get("required")}
            known = {each["name"] for each in was.get("parameters", []) if each.get("required")}
            said += [f"{method} {path} needs {name}" for name in sorted(needed - known)]
    for name, was in old["components"]["schemas"].items():
        said += _record(name, was, new["components"]["schemas"].get(name))
    return said


def _same(was: dict[str, Any], now: dict[str, Any]) -> bool:
    """A member's own description may come and change, and a record that is its default may have more members."""
    default, later = was.get("default"), now.get("default")
    grown = isinstance(default, dict) and isinstance(later, dict) and default.items() <= later.items()
    left_out = {"description", "default"} if grown else {"description"}
    return {key: was[key] for key in was.keys() - left_out} == {key: now[key] for key in now.keys() - left_out}


def _record(name: str, was: dict[str, Any], now: dict[str, Any] | None) -> list[str]:
    if now is None:
        return [f"{name} is gone"]
    had, has = was.get("properties", {}), now.get("properties", {})
    said = [f"{name}.{member} is gone" for member in sorted(set(had) - set(has))]
    said += [
        f"{name}.{member} is another type" for member in had if member in has and not _same(had[member], has[member])
    ]
    sent = name == "BenchRun"
    needed = set(now.get("required", [])) - set(was.get("required", []))
    lost = set(was.get("required", [])) - set(now.get("required", []))
    return said + (
        [f"{name}.{each} is needed" for each in needed] if sent else [f"{name}.{each} may lack" for each in lost]
    )


def test_nothing_breaks_a_client_of_the_released_description() -> None:
    """Additions are fine; a break needs a new released_openapi.json in the same commit, where a reviewer sees it."""
    assert breaks(RELEASED, json.loads(json.dumps(document(declared_routes(), schema_names())))) == []


def _without(*place: str) -> dict[str, Any]:
    changed = copy.deepcopy(RELEASED)
    at = changed
    for step in place[:-1]:
        at = at[step]
    del at[place[-1]]
    return changed


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (("paths", "/v1/home"), "get /v1/home is gone"),
        (("paths", "/api/bench/run", "post", "responses", "202"), "post /api/bench/run answers 202 no more"),
        (("components", "schemas", "Queued"), "Queued is gone"),
        (("components", "schemas", "RunRecord", "properties", "cost"), "RunRecord.cost is gone"),
        (("components", "schemas", "RunRecord", "required"), "RunRecord.run_id may lack"),
    ],
)
def test_the_comparison_bites(place: tuple[str, ...], said: str) -> None:
    """Each kind of break is named."""
    assert said in breaks(RELEASED, _without(*place))


def test_what_must_be_sent_does_not_grow() -> None:
    """A new required member of a body or parameter is a break; of an answer it is not."""
    changed = copy.deepcopy(RELEASED)
    changed["components"]["schemas"]["BenchRun"]["required"].append("seed")
    changed["components"]["schemas"]["Queued"]["required"].append("more")
    changed["paths"]["/v1/home"]["get"]["parameters"] = [{"name": "x", "in": "query", "required": True}]
    assert breaks(RELEASED, changed) == ["get /v1/home needs x", "BenchRun.seed is needed"]


def test_a_default_that_has_more_members_is_no_break_and_another_one_is() -> None:
    """Clients that send none get what they got."""
    changed = copy.deepcopy(RELEASED)
    default = changed["components"]["schemas"]["Profile"]["properties"]["preferences"]["default"]
    default["more"] = []
    assert breaks(RELEASED, changed) == []
    default["time_zone"] = "Europe/Berlin"
    assert breaks(RELEASED, changed) == ["Profile.preferences is another type"]
