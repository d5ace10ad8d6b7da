"""Keeps judges blind: opaque item ids, an order of each judge's own, and tips that give their model away."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from core.judging.tasks import Item

LENGTH = 20
"""Letters and digits of an id, each of 5 bits."""
_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_PAIRS = np.stack([np.repeat(_BASE32, 32), np.tile(_BASE32, 32)], axis=1).copy().view(np.uint16).ravel()
"""The two letters or digits of 10 bits, as one number in memory."""
_BLOCK, _DIGEST = 64, 32
"""Bytes of a block and of a digest of SHA-256."""
_PLAIN = re.compile(r"[a-z]+")


def item_id(secret: bytes, experiment: str, judge: str, item: Item, *, again: bool = False) -> str:
    """Return an opaque id of 20 lower-case letters and digits, equal for equal inputs; another one for `again`.

    It is the start of a keyed hash in base32 (RFC 4648). Without the home's secret no id can be made or traced back.
    Two candidates the other way round are another item.
    """
    return item_ids(secret, experiment, judge, [item.key], again=again)[0]


def item_ids(secret: bytes, experiment: str, judge: str, keys: Sequence[str], *, again: bool = False) -> list[str]:
    """Return the `item_id` of each item of these keys; the part of the hash that all share is computed once.

    The key of an item that is rated is its candidate.

    HMAC is that of RFC 2104, over SHA-256.
    """
    key = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + f"{experiment}|{judge}|".encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    end = "|again" if again else ""
    digests = []
    for each in keys:
        message, keyed = inner.copy(), outer.copy()
        message.update(f"{each}{end}".encode())
        keyed.update(message.digest())
        digests.append(keyed.digest())
    return _in_base32(b"".join(digests))


def _in_base32(digests: bytes) -> list[str]:
    """Return the first `LENGTH` letters and digits of each digest."""
    rows = np.frombuffer(digests, np.uint8).reshape(-1, _DIGEST)
    codes = np.empty((len(rows), LENGTH // 2), np.uint16)
    for place in range(LENGTH // 2):
        byte, bit = divmod(10 * place, 8)
        two = rows[:, byte].astype(np.uint16) << 8 | rows[:, byte + 1]
        codes[:, place] = _PAIRS[two >> 6 - bit & 1023]
    text = codes.tobytes().decode()
    return [text[start : start + LENGTH] for start in range(0, len(text), LENGTH)]


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
    return [name for name in names if _named(name).search(text)]


@lru_cache(maxsize=1024)
def _named(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w]){re.escape(name)}(?![a-z])", re.IGNORECASE)


def _common(word: str) -> bool:
    return word.lower() in {"large", "small", "mini", "turbo", "instruct", "base", "default", "good", "other", "fast"}
