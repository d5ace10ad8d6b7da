"""Keeps judges blind: opaque item ids, an order of each judge's own, and tips that give their model away."""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

LENGTH, BYTES, SPARE = 20, 13, 4
"""Letters and digits of an id, each of 5 bits, the bytes that hold them, and the bits of these that are left over."""
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_TWO = [first + second for first in _BASE32 for second in _BASE32]
_PLACES = range(5 * LENGTH - 10, -1, -10)
_PLAIN = re.compile(r"[a-z]+")


def item_id(secret: bytes, experiment: str, judge: str, candidate_id: str, *, again: bool = False) -> str:
    """Return an opaque id of 20 lower-case letters and digits, equal for equal inputs; another one for `again`.

    It is the start of a keyed hash in base32 (RFC 4648). Without the home's secret no id can be made or traced back.
    """
    shown = f"{experiment}|{judge}|{candidate_id}{'|again' if again else ''}"
    number = int.from_bytes(hmac.digest(secret, shown.encode(), "sha256")[:BYTES]) >> SPARE
    return "".join([_TWO[number >> place & 1023] for place in _PLACES])


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
