"""Keeps judges blind: opaque item ids, an order of each judge's own, and tips that give their model away."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

LENGTH = 20
_PLAIN = re.compile(r"[a-z]+")


def item_id(secret: bytes, experiment: str, judge: str, candidate_id: str, *, again: bool = False) -> str:
    """Return an opaque id of 20 lower-case letters and digits, equal for equal inputs; another one for `again`.

    Without the home's secret no id can be made or traced back.
    """
    shown = f"{experiment}|{judge}|{candidate_id}{'|again' if again else ''}"
    digest = hmac.digest(secret, shown.encode(), "sha256")
    return base64.b32encode(digest).decode().lower()[:LENGTH]


def shuffled(items: Iterable[str], seed: int, experiment: str, judge: str, export: int) -> list[str]:
    """Return the items in an order that depends on seed, experiment, judge and export, the same on every machine."""

    def place(item: str) -> bytes:
        return hashlib.sha256(f"{seed}|{experiment}|{judge}|{export}|{item}".encode()).digest()

    return sorted(items, key=place)


def identifying_names(models: Sequence[str], prompts: Sequence[str]) -> list[str]:
    """Return the names, sorted, whose appearance in a tip reveals its model or prompt.

    These are whole names, and the parts of model names of four letters or more. Names that are one plain word, such as
    a prompt called coach, are ordinary language and left out.
    """
    names = {name for name in [*models, *prompts] if not _PLAIN.fullmatch(name)}
    parts = {match for name in models for match in re.findall(r"[A-Za-z]{4,}", name)} - {
        "chat",
        "model",
        "template",
        "server",
    }
    return sorted(names | {part for part in parts if not _common(part)})


def leaks(text: str, names: Sequence[str]) -> list[str]:
    """Return those of `names` that stand in a tip as words of their own, ignoring case."""
    return [name for name in names if re.search(rf"(?<![\w]){re.escape(name)}(?![a-z])", text, re.IGNORECASE)]


def _common(word: str) -> bool:
    return word.lower() in {"large", "small", "mini", "turbo", "instruct", "base", "default", "good", "other", "fast"}
