"""The tools whose files are known, in the order in which they are tried."""

from resources.adoption.tools import argilla, deepeval, inspect_ai, langfuse, lm_eval, promptfoo
from resources.adoption.tools.document import Document, Read, ToolFile

READERS: tuple[Read, ...] = (
    promptfoo.read,
    inspect_ai.read,
    lm_eval.read,
    deepeval.read,
    langfuse.read,
    argilla.read,
)


def recognised(document: Document) -> ToolFile | None:
    """Return what the first tool that knows the shape reads from it; None when none does. Raises Unusable."""
    return next((found for read in READERS if (found := read(document)) is not None), None)
