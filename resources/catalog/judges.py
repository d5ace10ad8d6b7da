"""Reads judges of the catalog: NAME.toml with the definition, and NAME.md with the prompt of one that is a model."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from contracts.benchmark.catalog_layers import Layer
from core.benchmark.model import Model
from core.judging.judge_entry import JudgeEntry, entry_faults
from core.judging.rubric import Rubric
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from kit.tables.encoding import NotText, text_of
from kit.validation import in_words, outermost
from resources.catalog.problems import CatalogProblems, line_of_key

LARGEST_PROMPT = 1 << 18
"""The most bytes that the prompt of a judge may have."""
OWN = ("name", "prompt")
"""What an entry has from its files and not from a field."""


def read_judge(path: Path, text: str, problems: CatalogProblems) -> Iterator[tuple[int | None, JudgeEntry]]:
    """Yield the judge of a file, unless `problems` got something of it; docs/catalog.md has the format."""
    prompt = _prompt(path.with_suffix(".md"), problems)
    try:
        fields = tomllib.loads(text)
        for name in OWN:
            if name in fields:
                problems.add(path, line_of_key(text, name), f"field {name!r} is the file's own: take it out")
                return
        entry = msgspec.convert({**fields, "name": path.stem, "prompt": prompt or ""}, JudgeEntry)
    except tomllib.TOMLDecodeError as error:
        problems.add(path, None, f"not TOML: {error}")
        return
    except msgspec.ValidationError as error:
        problems.add(path, line_of_key(text, outermost(error)), in_words(error, JudgeEntry))
        return
    faults = list(entry_faults(entry)) if prompt is not None else []
    for fault in faults:
        problems.add(path, line_of_key(text, fault.field) if fault.field else None, fault.message)
    if prompt is not None and not faults:
        yield line_of_key(text, "kind"), entry


def check_models(judges: Mapping[str, JudgeEntry], models: Mapping[str, Model], problems: CatalogProblems) -> None:
    """Add a problem for every judge whose model is not in the catalog."""
    for judge in judges.values():
        if judge.model is not None and judge.model not in models:
            said = f"field 'model': {judge.model[:60]!r} is no model of the catalog"
            problems.add(Path("judges") / f"{judge.name}.toml", None, said)


def check_catches(
    layers: Sequence[Layer], judges: Mapping[str, JudgeEntry], rubrics: Mapping[str, Rubric], problems: CatalogProblems
) -> None:
    """Add a problem for everything that a judge should catch in a criterion that no rubric of the catalog has."""
    known = sorted({name for rubric in rubrics.values() for name in rubric.names})
    for judge in judges.values():
        for sort, name in judge.catches.items():
            if name not in known:
                path = _definition(layers, judge.name)
                text = text_of(read_regular(path, LARGEST_PROMPT, ("catalog",)))
                line = line_of_key(text, sort) or line_of_key(text, "catches")
                said = f"{name[:60]!r} is a criterion of no rubric of the catalog: use one of {', '.join(known[:30])}"
                problems.add(path, line, f"field 'catches.{sort}': {said}")


def _definition(layers: Sequence[Layer], name: str) -> Path:
    """Return the file that a judge was read from, which is that of the last layer with it."""
    paths = [layer.folder / "judges" / f"{name}.toml" for layer in layers if "judges" in layer.kinds]
    return next(path for path in reversed(paths) if path.exists())


def refuse_lone_prompts(folder: Path, problems: CatalogProblems) -> None:
    """Add a problem for every prompt in a catalog folder that no judge's definition stands beside."""
    for path in sorted(folder.glob("judges/*.md")):
        if not path.name.startswith(".") and not path.with_suffix(".toml").exists():
            problems.add(path, None, f"the prompt of no judge: write {path.stem}.toml beside it")


def _prompt(path: Path, problems: CatalogProblems) -> str | None:
    """Return the text of a prompt, empty without a file; None with a problem noted if it cannot be read."""
    try:
        return text_of(read_regular(path, LARGEST_PROMPT, ("catalog",)))
    except FileNotFoundError:
        return ""
    except FileTooLarge:
        problems.add(path, None, f"a judge's prompt has at most {LARGEST_PROMPT >> 10} KB")
    except NotAFile as error:
        problems.add(path, None, str(error))
    except NotText as error:
        problems.add(path, error.line, str(error))
    return None
