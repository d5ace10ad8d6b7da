"""The schema over a real recommender."""

import asyncio
from dataclasses import replace
from typing import Any

from api.context import ApiContext
from api.root import admin_schema
from tests.api.memory_services import MemoryServices
from tests.services.recommender.world import World


def answer_of(world: World, document: str) -> tuple[Any, ApiContext]:
    """Return what an admin gets for a document, and the context with what goes into the audit row."""
    services = MemoryServices()
    given = replace(services.services, policies=world.recommender)
    context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
    answer = asyncio.run(admin_schema().execute(document, None, context_value=context))
    assert answer.errors is None, answer.errors
    return answer.data, context
