"""Code is named in the field's standard terms: words that only this project would understand are gone for good."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.sources import named, tracked, tree_of

PRIVATE_WORDS = {
    "apart": "separate or independent",
    "asked": "requested",
    "asker": "caller or principal",
    "awake": "running",
    "beside": "what it is",
    "desk": "services",
    "door": "endpoint",
    "fresh": "new, recent or unseen",
    "gone": "removed, expired or disconnected",
    "ground": "setup",
    "house": "benchmark, home, application or server",
    "keeper": "retention policy",
    "kept": "stored, retention or what it is",
    "letter": "dead letter",
    "lifeline": "parent watch",
    "patience": "timeout or backoff",
    "pump": "worker",
    "room": "service, package or capacity",
    "seat": "connection slot",
    "shelf": "catalog",
    "sleeper": "on-demand process",
    "telling": "message",
    "told": "reported, fields or what it is",
    "turns": "write queue",
    "unfit": "bad request",
}
"""Words that name no thing here, each with what does."""
TERMS = {("dead", "letter"): "what every message broker calls it"}
"""Two words that are a standard term together, with the reason."""
COLUMNS = {"asked_at"}
"""Columns of the database, whose names stay."""
SENTENCE_WORDS = {"apart", "asked", "awake", "beside", "fresh", "gone", "kept", "told"}
SENTENCE = "test_"
"""A test's name is a sentence, in which `SENTENCE_WORDS` and their like are plain English."""
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def _private_words(identifier: str) -> list[str]:
    """Return the private words in an identifier, whose words are parted by `_` and by capitals."""
    words = [word.lower() for word in WORD.findall(identifier)]
    singular = [word if word in PRIVATE_WORDS else word.removesuffix("s") for word in words]
    return [
        word
        for before, word in zip(["", *singular], singular, strict=False)
        if word in PRIVATE_WORDS
        and identifier not in COLUMNS
        and (before, word) not in TERMS
        and not (word in SENTENCE_WORDS and identifier.startswith(SENTENCE))
    ]


def _identifiers(path: Path) -> Iterator[str]:
    """Yield the name of the module, and every name that it makes or uses."""
    yield path.stem
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield name
            case ast.keyword(arg=str(name)) | ast.alias(name=name):
                yield name
            case _:
                pass


def test_no_identifier_has_a_private_word() -> None:
    """In code, benchmarks, scripts and tests."""
    found = {
        f"{named(path)}: {name}: say {PRIVATE_WORDS[word]}"
        for path in tracked("*.py")
        for name in set(_identifiers(path))
        for word in _private_words(name)
    }
    assert found == set()


@pytest.mark.parametrize(
    "name", ["RoomService", "house_of", "JudgingRoom", "_doors", "SHELVES_AND_SEATS", "letters", "KEPT_S"]
)
def test_the_search_bites(name: str) -> None:
    """Whatever its case and number."""
    assert _private_words(name)


@pytest.mark.parametrize(
    "name", ["DeadLetter", "dead_letters", "household", "Outdoors", "test_a_client_is_told_so", "asked_at"]
)
def test_the_search_spares_terms(name: str) -> None:
    """A standard term, and a word of which a private one is only a part."""
    assert not _private_words(name)
