"""Cuts a raw answer down to the tip, by the rules of its prompt."""

import re
from itertools import islice

from core.benchmark.prompt import Cut, Prompt

_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}
_PAIRS = {("(", ")"), ("[", "]"), ("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("»", "«"), ('"', '"')}
_OPENING = frozenset(first for first, _ in _PAIRS)
_MARKS = frozenset(mark for pair in _PAIRS for mark in pair)
_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(A-Z0-9À-Þ])")


Tags = tuple[tuple[str, str], ...]
"""Pairs of an opening and a closing mark, between which a model reasons."""


def cut(raw: str, prompt: Prompt, reasoning_tags: Tags = ()) -> str:
    """Return the tip in `raw`, on one line with single spaces, perhaps empty; cutting a tip again changes nothing.

    Reasoning is removed first. Then, repeated until nothing changes: cut at the first stop string, keep what follows
    the last `after` marker, remove prefixes, keep the first line, keep `max_sentences`, remove quotes around the whole,
    remove quotes and brackets without a partner.
    """
    rules = prompt.cut
    text = without_reasoning(raw, reasoning_tags)
    while (shorter := _once(text, rules, prompt.stop)) != text:
        text = shorter
    return text


def without_reasoning(raw: str, tags: Tags) -> str:
    """Return `raw` without what stands between reasoning tags.

    An opening tag that never closes removes all that follows. A closing tag without an opening one ends reasoning that
    began with the answer, as some servers send it.
    """
    text = raw
    for opening, closing in tags:
        before_it, rest = "", text
        if closing in rest and opening not in rest.partition(closing)[0]:
            rest = rest.partition(closing)[2]
        while opening in rest:
            before, _, inside = rest.partition(opening)
            before_it, rest = before_it + before, inside.partition(closing)[2]
        text = before_it + rest
    return text


def why_blank(raw: str, tags: Tags, finish: str | None) -> str:
    """Return the reason, for people to read, why the cuts left nothing of `raw`.

    `finish` is the server's stop reason.
    """
    ended = f", finish={finish}" if finish else ""
    if raw.strip() and not without_reasoning(raw, tags).strip():
        return f"no text: all of the answer is reasoning{ended}"
    return f"the answer is blank after cuts{ended if finish == 'length' else ''}"


def ends_cut_off(raw: str, tip: str, finish: str | None) -> bool:
    """Return whether the tip ends where its model ran out of tokens.

    A tip that a cut rule shortened counts as whole.
    """
    return finish == "length" and " ".join(raw.split()).endswith(tip)


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
        last = next(islice(_SENTENCE.finditer(text), max(rules.max_sentences, 1) - 1, None), None)
        if last is not None:
            text = text[: last.start()].rstrip()
    if rules.quotes and len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    return without_orphans(text)


def without_orphans(text: str) -> str:
    """Return the text without quotes and brackets that have no partner.

    Marks of list labels and measures stay: `a)`, `1)`, `5"`. Single quotes stay, because they are apostrophes too.
    """
    if _MARKS.isdisjoint(text):
        return text
    orphans: list[int] = []
    opened: list[int] = []
    for place, mark in enumerate(text):
        if mark not in _MARKS or (mark in ')]"' and _is_label(text, place)):
            continue
        partner = next((n for n in range(len(opened) - 1, -1, -1) if (text[opened[n]], mark) in _PAIRS), None)
        if partner is not None:
            orphans += opened[partner + 1 :]
            del opened[partner:]
        elif mark in _OPENING:
            opened.append(place)
        else:
            orphans.append(place)
    unpaired = {*orphans, *opened}
    if not unpaired:
        return text
    return " ".join("".join(mark for place, mark in enumerate(text) if place not in unpaired).split())


def _is_label(text: str, place: int) -> bool:
    """Return whether a closing mark belongs to a list label or a measure: `a)` at the start of a word, `5"`."""
    if text[place] == '"':
        return place > 0 and text[place - 1].isdigit() and text.count('"') % 2 == 1
    word = text[:place].rpartition(" ")[2]
    return 0 < len(word) <= 2 and word.isalnum()


def _without_prefix(text: str, prefixes: tuple[str, ...]) -> str:
    for prefix in prefixes:
        if text.lower().startswith(prefix.lower()):
            return text[len(prefix) :].lstrip()
    return text
