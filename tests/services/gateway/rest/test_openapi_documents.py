"""What people read about the REST endpoints, against the records that the description is derived from."""

import re
from pathlib import Path

from contracts.routes import Rate
from wiring.modules import declared_routes

ROOT = Path(__file__).parents[4]
API = (ROOT / "docs" / "api.md").read_text("utf-8")
DOCUMENTS = (API, *((ROOT / "services" / name / "README.md").read_text("utf-8") for name in ("auth", "gateway")))
METHOD = r"(?:GET|PUT|POST|DELETE)"
NAMED = re.compile(rf"`({METHOD}(?:\|{METHOD})*)\s+(/[^`\s?]*)[^`]*`")
PLACE = re.compile(r"{\w+}|\b[A-Z]+\b")
OTHERS = {
    "POST /graphql": "the admin API",
    "POST /dagster/graphql": "Dagit's",
    "GET /": "the front page",
}
"""What documents name as well, and what it is."""


def named(text: str) -> set[str]:
    """Every method with its path that a text names, with `{}` for what stands for a value."""
    found = NAMED.findall(" ".join(text.split()))
    return {f"{method} {PLACE.sub('{}', path)}" for methods, path in found for method in methods.split("|")}


def test_documents_name_every_endpoint_and_no_other() -> None:
    """A route that is declared stands in the documents, and what stands there is declared."""
    declared = {f"{spec.method} {PLACE.sub('{}', spec.path)}" for spec in declared_routes()}
    there = set.union(*(named(text) for text in DOCUMENTS))
    assert sorted(declared - there) == [], "say in docs/api.md, or in the module's README, what these are for"
    assert sorted(there - declared - set(OTHERS)) == [], "these are not declared"


def test_documents_say_every_window() -> None:
    """The requests a minute of each stand in the section on REST."""
    section = API.partition("\n## REST\n")[2].partition("\n## ")[0]
    rates = {spec.rate for spec in declared_routes() if isinstance(spec.rate, Rate)}
    missing = [rate for rate in rates if not re.search(rf"\b{rate.per_minute:,}\b", section)]
    assert missing == []


def test_the_comparison_bites() -> None:
    """Methods that share a path are both found, values are not, and what is no path is nothing."""
    text = "`GET|POST /auth/login/{provider}`, `PUT /uploads/TOKEN`\n(`POST\n/auth/sign-out`), `GET` and `/v1/x`"
    assert named(text) == {
        "GET /auth/login/{}",
        "POST /auth/login/{}",
        "PUT /uploads/{}",
        "POST /auth/sign-out",
    }
