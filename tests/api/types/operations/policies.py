"""The schema over a real recommender."""

import asyncio
from dataclasses import replace
from itertools import count
from typing import Any

import msgspec

from api.context import ApiContext
from api.root import admin_schema
from tests.api.memory_services import MemoryServices
from tests.services.recommender.world import World

NUMBERS = count()


def answer_of(world: World, document: str) -> tuple[Any, ApiContext]:
    """Return what an admin gets for a document, and the context with what goes into the audit row.

    Each is another admin, for what these fields cost would use up what tests share by the real clock.
    """
    services = MemoryServices()
    given = replace(services.services, policies=world.recommender)
    caller = msgspec.structs.replace(services.auth.callers["token-admin"], subject=f"admin-{next(NUMBERS)}")
    context = ApiContext(given, caller, "request-1")
    answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
    assert answer.errors is None, answer.errors
    return answer.data, context
