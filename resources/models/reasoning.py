"""Tells models that reason before they answer, and where the tokens that a prompt allows are few for that."""

import re
from collections.abc import Sequence

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt

ENOUGH_TOKENS = 1024
"""Reasoning of a short question takes some hundred tokens, which count against the prompt's `max_tokens`."""

_NAME = re.compile(
    r"(?:^|[^a-z0-9])(?:o[134](?:-mini|-pro|-preview)?|gpt-5|gpt-oss|r1|reasoner|reasoning|thinking|qwq|qwen3|magistral)"
    r"(?![0-9a-z])"
)
_OFF = {("reasoning_effort", "none"), ("think", False), ("enable_thinking", False), ("type", "disabled"),
        ("enabled", False), ("effort", "none")}  # fmt: skip
_FIELDS = ("reasoning_effort", "reasoning", "thinking", "think", "enable_thinking", "chat_template_kwargs")


def sign_of_reasoning(model: Model) -> str | None:
    """Return what shows that the model reasons, a field of its `extra` or its name; None if nothing does.

    A model whose `extra` turns reasoning off does not.
    """
    priced = model.priced
    for field in _FIELDS:
        if field in priced.extra:
            value = priced.extra[field]
            values = value.items() if isinstance(value, dict) else [(field, value)]
            if any((name, setting) in _OFF for name, setting in values):
                return None
            if field != "chat_template_kwargs":
                return f"its `extra` has {field}"
    name = (priced.model or priced.name).lower()
    return f"its name, {priced.model or priced.name}, says so" if _NAME.search(name) else None


def too_few_tokens(models: Sequence[Model], prompts: Sequence[Prompt]) -> list[str]:
    """Return a sentence for each reasoning model that some of the prompts allow under 1,024 tokens."""
    few = [prompt for prompt in prompts if prompt.max_tokens < ENOUGH_TOKENS]
    signs = [(model.name, sign_of_reasoning(model)) for model in models]
    if not few:
        return []
    names = ", ".join(f"{prompt.name} ({prompt.max_tokens})" for prompt in few[:3])
    more = f" and {len(few) - 3} more" if len(few) > 3 else ""
    return [
        f"model {name} reasons before it answers ({sign}), and reasoning counts against max_tokens, which is small in "
        f"{names}{more}: its answers may be empty; use prompts with max_tokens of {ENOUGH_TOKENS} or more, or turn "
        "reasoning off in its `extra`"
        for name, sign in signs
        if sign is not None
    ]
