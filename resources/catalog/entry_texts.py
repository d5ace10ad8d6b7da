"""Texts of the catalog's entries: as admins give them one by one, and as they stand in the files of the layers."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from contracts.benchmark.catalog_layers import Layer
from contracts.refusals import InvalidInput
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from kit.tables.encoding import NotText, text_of
from resources.catalog.load import LARGEST
from resources.catalog.problems import CatalogProblems
from resources.catalog.prompts import read_prompt
from resources.catalog.rubrics import read_rubric

LONGEST = 64 * 1024
"""The most bytes of a text that an admin gives."""
Entry = TypeVar("Entry")
Read = Callable[[Path, str, CatalogProblems], Iterator[tuple[int | None, Entry]]]
EntryKey = tuple[str, str, str]
"""Kind, name and version."""


def parsed(read: Read[Entry], text: str, name: str, field: str) -> Entry:
    """Return the one entry that a text holds; raise InvalidInput about `field` with all that is wrong with it."""
    if len(text.encode()) > LONGEST:
        raise InvalidInput(f"{field} is over {LONGEST} bytes long", (field,))
    problems = CatalogProblems()
    found: Iterable[tuple[int | None, Entry]] = list(read(Path(name), text, problems))
    entries = [entry for _, entry in found]
    if problems.lines or len(entries) != 1:
        raise InvalidInput("; ".join(problems.lines) or f"{field} holds no entry", (field,))
    return entries[0]


def entry_texts(layers: Sequence[Layer], kinds: Iterable[str]) -> Mapping[EntryKey, str]:
    """Return the texts of prompts, rubrics and judges by kind, name and version, those of later layers over others.

    Scenarios have none: many stand in one file, and their content says all.
    """
    readers: dict[str, tuple[str, Callable[[Path, str], EntryKey | None]]] = {
        "prompt": ("prompts/*.md", _prompt_key),
        "rubric": ("rubrics/*.toml", _rubric_key),
        "judge": ("judges/*.toml", lambda path, _: ("judge", path.stem, "1")),
    }
    found: dict[EntryKey, str] = {}
    for kind in kinds:
        pattern, key_of = readers.get(kind, ("", _prompt_key))
        for layer in layers if pattern else ():
            if f"{kind}s" not in layer.kinds:
                continue
            for path in sorted(layer.folder.glob(pattern)):
                text = _text(path, layer.folder if layer.name == "home" else None)
                key = None if text is None else key_of(path, text)
                if key is not None and text is not None:
                    found[key] = text
    return found


def _prompt_key(path: Path, text: str) -> EntryKey | None:
    return next((("prompt", one.name, one.version) for _, one in read_prompt(path, text, CatalogProblems())), None)


def _rubric_key(path: Path, text: str) -> EntryKey | None:
    return next((("rubric", one.name, one.version) for _, one in read_rubric(path, text, CatalogProblems())), None)


def _text(path: Path, root: Path | None) -> str | None:
    """Return a file's text, None where loading the catalog says what is wrong with it."""
    try:
        return None if path.name.startswith(".") else text_of(read_regular(path, LARGEST, ("catalog",), root=root))
    except (FileNotFoundError, NotAFile, FileTooLarge, NotText):
        return None
