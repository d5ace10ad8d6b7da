"""The schema over choices on a real home."""

import asyncio
from dataclasses import replace
from itertools import count
from typing import Any

import msgspec

from api.context import ApiContext
from api.root import admin_schema
from resources.choosing.administration import CellChoices
from tests.api.memory_services import MemoryServices

FAILURE = "... on Failure { code path }"
NUMBERS = count()


def answer_of(choices: CellChoices, document: str) -> tuple[Any, ApiContext]:
    """Return what an admin gets, another one each time, since what these fields cost fills a bucket by the clock."""
    services = MemoryServices()
    given = replace(services.services, choices=choices)
    caller = msgspec.structs.replace(services.auth.callers["token-admin"], subject=f"admin-choices-{next(NUMBERS)}")
    context = ApiContext(given, caller, "request-1")
    answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
    assert answer.errors is None, answer.errors
    return answer.data, context
