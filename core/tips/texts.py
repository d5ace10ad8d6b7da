"""Whether a text from outside may be shown as a tip: what is empty, too long, unseen, markup or an address may not."""

import re

from core.sanitize import escaped

_MARKUP = re.compile(
    r"</?[a-z!][^>]*>?"  # a tag, or the start of one
    r"|!?\[[^\]]*\]\([^)]*\)"  # a link or an image of Markdown
    r"|[`]|\*\*|__|^\s*(?:#{1,6}|>|[-*+]|\d+[.)])\s"  # code, emphasis, a heading, a quotation, a list
    r"|&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});",  # an entity
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://|\b(?:javascript|data|vbscript|mailto):\S|\bwww\.", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\{%|\$\{|<\|")


def as_one_line(text: str) -> str:
    """Return the text with every run of blanks and line ends as one blank, and none around it."""
    return " ".join(text.split())


def text_fault(text: str, longest: int) -> str | None:
    """Return why a text may not be shown as a tip, None where it may; `longest` is in characters of one line."""
    line = as_one_line(text)
    if not any(sign.isalpha() for sign in line):
        return "empty, or without a letter"
    if len(line) > longest:
        return f"longer than {longest} characters"
    if escaped(line) != line or not line.isprintable() or "\ufffd" in line:
        return "control characters, or what cannot be seen"
    if _MARKUP.search(text) or _TEMPLATE.search(text):
        return "markup, or what a template did not fill in"
    return "an address of a page" if _ADDRESS.search(text) else None
