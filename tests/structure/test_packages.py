"""How large a package may be, and which classes of two packages may have one name."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.structure.sources import PACKAGES, named, sources, tracked, tree_of

MOST_FILES = 14
RECORD = "the GraphQL type that shows the record of this name"
REFUSAL = "the GraphQL type that shows the refusal of this name"
NAMESAKES = {
    "AuditEntry": RECORD,
    "BenchmarkPrediction": RECORD,
    "Catalog": RECORD,
    "CellChoice": RECORD,
    "CellReport": RECORD,
    "CanaryReport": RECORD,
    "Criterion": RECORD,
    "CriterionAgreement": RECORD,
    "Flag": RECORD,
    "JudgeAgreement": RECORD,
    "JudgePair": RECORD,
    "DeadLetter": RECORD,
    "Delivery": RECORD,
    "DeliveryHistory": RECORD,
    "DeliveryState": RECORD,
    "DeliveryStep": RECORD,
    "DroppedArm": RECORD,
    "EntryPreview": RECORD,
    "Erasure": RECORD,
    "EvaluatedGuardrail": RECORD,
    "GuardrailUnit": RECORD,
    "GuardrailVerdict": RECORD,
    "LeaderboardRow": RECORD,
    "LogCheck": RECORD,
    "JudgePace": RECORD,
    "NoticeCounts": RECORD,
    "PolicyEstimate": RECORD,
    "PolicyReport": RECORD,
    "PromotionKind": RECORD,
    "RecordedJudge": RECORD,
    "RoundItem": RECORD,
    "SecretWebhook": RECORD,
    "ShippedCell": RECORD,
    "TipPause": RECORD,
    "TrialPlan": RECORD,
    "WebhookEvent": RECORD,
    "WebhookState": RECORD,
    "Conflict": REFUSAL,
    "Forbidden": REFUSAL,
    "InProgress": REFUSAL,
    "InvalidInput": REFUSAL,
    "NameTaken": REFUSAL,
    "NotFound": REFUSAL,
    "Unavailable": REFUSAL,
}
"""Classes that share a name with one of another package, each with the reason."""


def test_a_package_is_seen_at_a_glance() -> None:
    """At most 14 Python files beside its subpackages, `__init__.py` among them; so with folders of tests."""
    counts: dict[Path, int] = defaultdict(int)
    for path in (*sources(), *tracked("benchmarks/*.py", "tests/**/*.py")):
        counts[path.parent] += 1
    assert {named(folder): count for folder, count in counts.items() if count > MOST_FILES} == {}


def _namesakes() -> dict[str, set[str]]:
    """Names of classes that several packages have, with those packages."""
    places: dict[str, set[str]] = defaultdict(set)
    for path in sources():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef):
                places[node.name].add(named(path.parent))
    return {name: packages for name, packages in places.items() if len(packages) > 1}


def test_a_class_has_a_name_of_its_own() -> None:
    """A second class of a name in another package is a mirror on purpose, and listed with the reason."""
    assert set(_namesakes()) == set(NAMESAKES)


def test_mirrors_are_the_api_s() -> None:
    """A listed mirror is one class of the API and one of what it shows."""
    mirrors = {name: packages for name, packages in _namesakes().items() if NAMESAKES.get(name) in {RECORD, REFUSAL}}
    for name, packages in mirrors.items():
        assert len(packages) == 2, name
        assert sum(package.partition("/")[0] == "api" for package in packages) == 1, name


def test_every_package_of_the_rules_is_there() -> None:
    """Nothing above passes because a name in the list is wrong."""
    assert {Path(named(path)).parts[0] for path in sources()} == set(PACKAGES)
