"""Gives models and prompts names that can be written in a command, and keeps the labels they came with."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

LONGEST_NAME = 200
LONGEST_SLUG = 40
_PATH = re.compile(r"[\w./\\-]+\.\w+")
_NAMED = re.compile(r"([\w.-]+): [\w./\\-]+\.\w+: .*", re.DOTALL)
"""How promptfoo labels a prompt: a name, where it has one, the path of its file, and its text."""


def is_name(label: str, *, slash: bool) -> bool:
    """Return whether a label can be a name: 1 to 200 printable characters, a slash only where `slash` says so."""
    return bool(label.strip()) and len(label) <= LONGEST_NAME and label.isprintable() and (slash or "/" not in label)


def names_of(labels: Iterable[str], renames: Mapping[str, str], *, slash: bool) -> dict[str, str]:
    """Return the name of every label, in order: the one it is renamed to, itself where it can be a name, or a slug.

    A slug is made of the label alone, so that it is the same in every file; of equal ones each gets a hash.
    """
    found: dict[str, str] = {}
    slugs: dict[str, list[str]] = {}
    for label in dict.fromkeys(labels):
        if label in renames:
            found[label] = renames[label]
        elif is_name(label, slash=slash):
            found[label] = label
        else:
            found[label] = slug(label)
            slugs.setdefault(found[label], []).append(label)
    taken = {name for label, name in found.items() if label not in {own for group in slugs.values() for own in group}}
    for name, group in slugs.items():
        if len(group) > 1 or name in taken:
            found |= {label: f"{name}-{_hash(label)}" for label in group}
    return found


def slug(label: str) -> str:
    """Return a name of letters, digits and . _ - that reminds of a label; a hash of it says that something was lost."""
    head, _, rest = label.partition(": ")
    base = head if rest and (_PATH.fullmatch(head) or _NAMED.fullmatch(label)) else label
    plain = unicodedata.normalize("NFKD", base).encode("ascii", "ignore").decode()
    whole = re.sub(r"[^A-Za-z0-9._-]+", "-", plain).strip("-._")
    if whole and len(whole) <= LONGEST_SLUG and plain == unicodedata.normalize("NFKD", base):
        return whole
    return f"{whole[:LONGEST_SLUG].rstrip('-._') or 'label'}-{_hash(label)}"


def _hash(label: str) -> str:
    return hashlib.sha256(label.encode("utf-8", "replace")).hexdigest()[:6]
