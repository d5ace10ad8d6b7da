"""Finds prompts, scenarios and rubrics that were edited without a new version, by what experiments pinned of them."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from core.benchmark.prompt import Prompt
from core.benchmark.spec import Spec
from core.canonical import content_hash
from core.judging.rubric import Rubric
from resources.bench_context import BenchContext
from resources.catalog import CatalogError
from resources.lake.broken import LakeBroken
from resources.lake.specs import read_spec

SHOWN = 3


def edited_entries(bench: BenchContext, spec: Spec, *, new: bool) -> list[str]:
    """Return a sentence for each entry of `spec` that has another content elsewhere under the same name and version.

    A `new` spec is compared with what other experiments pinned, one that was pinned before with today's catalog.
    Adopted outputs have no prompts or scenarios of the catalog.
    """
    if spec.source == "adopt":
        return []
    if not new:
        return _edited_since(bench, spec)
    own, found = _contents(spec), dict[str, list[str]]()
    for old in _others(bench, spec.experiment):
        theirs = _contents(old)
        for entry in own.keys() & theirs.keys():
            if own[entry] != theirs[entry]:
                found.setdefault(entry, []).append(old.experiment)
    return [
        f"{entry} is not what {_some(names)} pinned under this name: give the edited one a new "
        f"{'id' if entry.startswith('scenario') else 'version'}, so that leaderboards can be told apart"
        for entry, names in sorted(found.items())
    ]


def _edited_since(bench: BenchContext, spec: Spec) -> list[str]:
    try:
        catalog = bench.catalog()
    except CatalogError:
        return []  # the pin holds whatever became of the catalog
    own = _contents(spec)
    today = _entries(catalog.prompts.values(), {entry.id: entry.hash for entry in catalog.scenarios})
    today |= {f"rubric {rubric.ref}": _of_rubric(rubric) for rubric in catalog.rubrics.values()}
    edited = sorted(entry for entry in own if today.get(entry, own[entry]) != own[entry])
    return [
        f"{entry} was edited after the pin, which holds: give the edited one a new "
        f"{'id' if entry.startswith('scenario') else 'version'} and start another experiment with "
        f"--extends {spec.experiment}"
        for entry in edited
    ]


def _others(bench: BenchContext, name: str) -> Iterator[Spec]:
    for other in bench.home.experiments():
        try:
            old = read_spec(bench.home, other) if other != name else None
        except (LakeBroken, OSError):
            continue  # the list of experiments shows it as unreadable
        if old is not None:
            yield old


def _contents(spec: Spec) -> dict[str, str]:
    """A hash of what counts of each entry, by kind and name; of adopted outputs only the rubric is an entry."""
    rubric = {f"rubric {spec.rubric.ref}": _of_rubric(spec.rubric)}
    if spec.source == "adopt":
        return rubric
    return rubric | _entries(spec.prompts, {entry.id: entry.hash for entry in spec.scenarios})


def _entries(prompts: Iterable[Prompt], scenarios: Mapping[str, str]) -> dict[str, str]:
    own = {f"prompt {prompt.name.partition('@')[0]}@{prompt.version}": prompt.generation_hash for prompt in prompts}
    return own | {f"scenario {name}": digest for name, digest in scenarios.items()}


def _of_rubric(rubric: Rubric) -> str:
    return content_hash(msgspec.structs.replace(rubric, description=""))


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"
