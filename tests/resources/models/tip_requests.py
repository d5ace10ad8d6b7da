"""Requests for models that run here, and their answers."""

import asyncio
from typing import Any

from contracts.benchmark.models import ModelAnswer, ModelRequest
from core.benchmark.model import Model
from core.benchmark.prompt import PromptMessage
from core.benchmark.scenario import Scenario

TEMPLATE = Model("template", "template")


def tip_request(number: int = 0, **changes: Any) -> ModelRequest:
    """Return the request of that number, with these fields changed."""
    fields: dict[str, Any] = {
        "key": f"{number:032}", "model": TEMPLATE, "prompt": "p", "tip_index": 0, "text": None, "stop": (),
        "scenario": Scenario("s", "work", "en", {"situation": "x", "open_tasks": ["File"]}),
        "messages": (PromptMessage("user", f"Case {number}."),), "max_tokens": 20, "temperature": 0.5, "seed": number,
    }  # fmt: skip
    return ModelRequest(**{**fields, **changes})


def answers_of(client: Any, *requests: ModelRequest) -> list[ModelAnswer]:
    """Return what the client answers, one request after the other, and close it."""

    async def ask() -> list[ModelAnswer]:
        found = [await client.answer(request) for request in requests]
        await client.close()
        return found

    return asyncio.run(ask())
