"""Answers to every criterion of a folder's rubric, whatever it has."""

from collections.abc import Mapping
from typing import Any


def whole_answer(rubric: Mapping[str, Any], value: float) -> dict[str, float]:
    """The value for each criterion of a rubric.json, and yes for those of yes or no."""
    return {each["name"]: 1 if each.get("scale") == "yes_no" else value for each in rubric["criteria"]}
