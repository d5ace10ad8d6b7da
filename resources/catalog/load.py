"""Loads the catalog's layers and lists everything that is wrong with their files."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from contracts.benchmark.catalog_layers import Layer
from core.benchmark.model import Model
from core.judging.judge_entry import JudgeEntry
from kit.regular_files import FileTooLarge, NotAFile, read_regular
from kit.tables.encoding import NotText, text_of
from resources.catalog.catalog import Catalog
from resources.catalog.judges import check_catches, check_models, read_judge, refuse_lone_prompts
from resources.catalog.models import read_models
from resources.catalog.problems import CatalogProblems
from resources.catalog.prompts import read_prompt
from resources.catalog.rubrics import read_rubric
from resources.catalog.scenarios import SUFFIXES, read_scenarios

KINDS = ("models", "prompts", "rubrics", "scenarios", "judges")
LARGEST = 16 << 20
"""The most bytes that a file of the catalog may have."""
SCENARIOS = tuple("scenarios/*." + "".join(f"[{sign}{sign.upper()}]" for sign in suffix) for suffix in SUFFIXES)
NOT_READ = ("xls", "xlsx", "ods", "numbers", "yaml", "yml")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
Entry = TypeVar("Entry")
Read = Callable[[Path, str, CatalogProblems], Iterator[tuple[int | None, Entry]]]


def load_catalog(layers: Sequence[Layer]) -> Catalog:
    """Return all entries, later layers over earlier ones by name and version; raise CatalogError with every problem."""
    problems = CatalogProblems()
    models = _gather(layers, "models", ("models.toml",), read_models, lambda model: model.name, problems)
    prompts = _gather(layers, "prompts", ("prompts/*.md",), read_prompt, lambda prompt: prompt.ref, problems)
    rubrics = _gather(layers, "rubrics", ("rubrics/*.toml",), read_rubric, lambda rubric: rubric.ref, problems)
    scenarios = _gather(layers, "scenarios", SCENARIOS, read_scenarios, lambda entry: entry.id, problems)
    judges = _gather(layers, "judges", ("judges/*.toml",), read_judge, lambda judge: judge.name, problems)
    check_models(judges, models, problems)
    check_catches(layers, judges, rubrics, problems)
    for layer in layers:
        if "judges" in layer.kinds:
            refuse_lone_prompts(layer.folder, problems)
    for path in (p for layer in layers if "scenarios" in layer.kinds for p in layer.folder.glob("scenarios/*.*")):
        if path.suffix.lower().removeprefix(".") in NOT_READ:
            problems.add(path, None, f"not read: save it as one of {', '.join(SUFFIXES)}")
    problems.raise_any()
    return Catalog(models, prompts, rubrics, tuple(scenarios[name] for name in sorted(scenarios)), judges)


def key_variables(layers: Sequence[Layer]) -> set[str]:
    """Return the variables that the endpoints of readable models name for their keys."""
    models = readable_models(layers).values()
    return {model.endpoint.key_env for model in models if model.endpoint and model.endpoint.key_env}


def readable_models(layers: Sequence[Layer]) -> dict[str, Model]:
    """Return the models by name, without those whose entries cannot be used."""
    return _gather(layers, "models", ("models.toml",), read_models, lambda model: model.name, CatalogProblems())


def readable_judges(layers: Sequence[Layer]) -> dict[str, JudgeEntry]:
    """Return the judges by name, without those whose definitions cannot be used."""
    return _gather(layers, "judges", ("judges/*.toml",), read_judge, lambda judge: judge.name, CatalogProblems())


def judge_names(layers: Sequence[Layer]) -> set[str]:
    """Return what the judges of the catalog are called, those among them whose definition cannot be used."""
    return {path.stem for layer in layers if "judges" in layer.kinds for path in layer.folder.glob("judges/*.toml")}


def _gather(
    layers: Sequence[Layer],
    kind: str,
    patterns: Sequence[str],
    read: Read[Entry],
    name_of: Callable[[Entry], str],
    problems: CatalogProblems,
) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for layer in layers:
        if kind not in layer.kinds:
            continue
        own: dict[str, Path] = {}
        for path in sorted(path for pattern in patterns for path in layer.folder.glob(pattern)):
            if path.name.startswith("."):
                continue  # what a file manager or an editor puts beside the files
            text = _text(path, layer.folder if layer.name == "home" else None, problems)
            for line, entry in read(path, text, problems) if text is not None else ():
                name = name_of(entry)
                if name in own:
                    problems.add(
                        path, line, f"{name} stands in {own[name].name} already: give it another name or version"
                    )
                own[name] = path
                found[name] = entry
    return found


def _text(path: Path, root: Path | None, problems: CatalogProblems) -> str | None:
    try:
        text = text_of(read_regular(path, LARGEST, ("catalog",), root=root))
    except FileNotFoundError:
        problems.add(path, None, "a link to nothing: correct it or remove it")
        return None
    except NotAFile as error:
        problems.add(path, None, str(error))
        return None
    except FileTooLarge:
        problems.add(
            path, None, f"{path.stat().st_size >> 20} MB: a file of the catalog has at most {LARGEST >> 20} MB"
        )
        return None
    except NotText as error:
        problems.add(path, error.line, str(error))
        return None
    found = _CONTROL.search(text)
    if found:
        problems.add(path, text.count("\n", 0, found.start()) + 1, "holds a control character: remove it")
        return None
    return text
