"""Cuts a raw answer down to the tip, by the rules of the prompt that asked for it."""

import re

from core.benchmark.prompt import Cut, Prompt

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(A-Z0-9À-Þ])")


def cut(raw: str, prompt: Prompt) -> str:
    """The tip in `raw`, perhaps empty: one line, single spaces; cutting a tip again changes nothing.

    In this order, until nothing changes: at the first stop string, after the last `after` marker, prefixes, first
    line, sentences beyond `max_sentences`, quotes around the whole.
    """
    rules = prompt.cut
    text = raw
    while (shorter := _once(text, rules, prompt.stop)) != text:
        text = shorter
    return text


def _once(text: str, rules: Cut, stop: tuple[str, ...]) -> str:
    text = text.strip()
    for mark in stop:
        text = text.split(mark, 1)[0] if mark.strip() or rules.first_line else text
    for mark in rules.after:
        text = text.rpartition(mark)[2]
    text = _without_prefix(text.strip(), rules.prefixes)
    if rules.first_line:
        text = text.split("\n", 1)[0]
    text = " ".join(text.split())
    if rules.max_sentences is not None:
        ends = [match.start() for match in _SENTENCE.finditer(text)]
        if len(ends) >= rules.max_sentences:
            text = text[: ends[rules.max_sentences - 1]].rstrip()
    if rules.quotes and len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    return text


def _without_prefix(text: str, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        if text.lower().startswith(prefix.lower()):
            return text[len(prefix) :].lstrip()
    return text
