import asyncio
from typing import Any

import pytest

from contracts.access.caller import Role
from tests.api.memory_services import MemoryServices
from tests.api.serving import example


def test_rows_of_one_level_are_read_with_one_question() -> None:
    """Thirty rows under two aliases ask once."""
    services = MemoryServices(30)
    text = "{experiments{nodes{base{name} again:base{state}}}}"
    result: Any = asyncio.run(example().execute(text, context_value=services.context()))
    assert result.data["experiments"]["nodes"][3]["base"] == {"name": "tip-bench-00002"}
    assert [len(requested) for requested in services.experiments.requested if isinstance(requested, list)] == [29]


def test_a_context_without_a_caller_says_so() -> None:
    """Only a field without a gate could see it."""
    with pytest.raises(RuntimeError):
        _ = MemoryServices().context(None).known
    assert MemoryServices().context(Role.USER).known.subject == "u-user"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("tip-bench-first", True),
        ("6e4cd77c-688f-43eb-810c-d8320f0b994a", True),
        ("service-judge:anna", True),
        ("anna@example.org", False),
        ("Anna Miller, who wrote me", False),
        ("x" * 81, False),
    ],
)
def test_only_names_and_ids_are_audited_as_they_are(given: str, shown: bool) -> None:
    """What else a caller typed as a target is kept as a part of its hash."""
    context = MemoryServices().context(Role.ADMIN)
    context.note(target=given)
    assert (context.noted.target == given) is shown
    assert shown or context.noted.target.startswith("sha256:")
