"""The catalog as admins see and extend it; new versions go to the home's layer, which overlays the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from contracts.benchmark.catalog_admin import EntryView, ModelView
from contracts.refusals import Conflict, InvalidInput
from core.benchmark.prompt import Prompt
from core.benchmark.scenario import Scenario
from core.canonical import content_hash
from core.judging.rubric import Rubric
from kit.refusals import refusal_of
from kit.tables.encoding import plain
from resources.bench_context import BenchContext
from resources.catalog import Catalog, CatalogError, load_catalog
from resources.catalog.problems import CatalogProblems
from resources.catalog.prompts import read_prompt
from resources.catalog.rubrics import read_rubric
from resources.catalog.scenarios import read_scenarios

LONGEST = 64 * 1024
Entry = TypeVar("Entry", Prompt, Rubric, Scenario)
Read = Callable[[Path, str, CatalogProblems], Iterator[tuple[int | None, Entry]]]


class LayeredCatalogAdmin:
    """Implements contracts.benchmark.catalog_admin.CatalogAdmin over the layers of the benchmark context."""

    def __init__(self, bench: BenchContext) -> None:
        self._bench = bench

    def models(self) -> list[ModelView]:
        """Return the catalog's models by name; raise Unavailable if its files cannot be used."""
        found = sorted(self._catalog().models.values(), key=lambda model: model.name)
        keys = self._bench.keys
        return [
            ModelView(
                name=model.name,
                provider=model.provider,
                version=model.version,
                local=model.local,
                parameters_b=model.parameters_b,
                price_in=model.price_in,
                price_out=model.price_out,
                endpoint=model.endpoint.name if model.endpoint else None,
                key_env=model.endpoint.key_env if model.endpoint else None,
                ready=not (model.endpoint and model.endpoint.key_env and not keys.get(model.endpoint.key_env)),
            )
            for model in found
        ]

    def prompts(self) -> list[EntryView]:
        """Return prompts by name and version, each with its layer."""
        return self._entries(lambda catalog: catalog.prompts, _versioned_view)

    def scenarios(self) -> list[EntryView]:
        """Return scenarios by id, each with its layer."""
        return self._entries(lambda catalog: {entry.id: entry for entry in catalog.scenarios}, _scenario_view)

    def rubrics(self) -> list[EntryView]:
        """Return rubrics by name and version, each with its layer."""
        return self._entries(lambda catalog: catalog.rubrics, _versioned_view)

    def add_prompt(self, text: str) -> EntryView:
        """Write a prompt file of at most 64 KiB into the home's layer and return the prompt."""
        text = plain(text)
        prompt: Prompt = _parsed(read_prompt, text, "prompt.md", "text")
        self._store(prompt, self._catalog().prompts.get(prompt.ref), f"prompts/{prompt.ref}.md", text)
        return _versioned_view(prompt, "home")

    def add_scenario(self, scenario: dict[str, Any]) -> EntryView:
        """Write a scenario of at most 64 KiB into the home's layer and return it."""
        try:
            line = msgspec.json.encode(scenario).decode()
        except OverflowError:
            raise InvalidInput("a number of the scenario has more than 64 bits", ("scenario",)) from None
        found: Scenario = _parsed(read_scenarios, line, "scenario.jsonl", "scenario")
        known = {entry.id: entry for entry in self._catalog().scenarios}.get(found.id)
        self._store(found, known, f"scenarios/{found.id}.jsonl", line + "\n")
        return _scenario_view(found, "home")

    def add_rubric(self, text: str) -> EntryView:
        """Write a rubric file of at most 64 KiB into the home's layer and return the rubric."""
        text = plain(text)
        rubric: Rubric = _parsed(read_rubric, text, "rubric.toml", "text")
        self._store(rubric, self._catalog().rubrics.get(rubric.ref), f"rubrics/{rubric.ref}.toml", text)
        return _versioned_view(rubric, "home")

    def _catalog(self) -> Catalog:
        try:
            return self._bench.catalog()
        except CatalogError as error:
            raise refusal_of(error) from error

    def _entries(
        self, pick: Callable[[Catalog], Mapping[str, Entry]], view: Callable[[Entry, str], EntryView]
    ) -> list[EntryView]:
        """Return every entry in force with its layer, by name."""
        self._catalog()
        found: dict[str, EntryView] = {}
        for layer in self._bench.layers:
            found |= {name: view(entry, layer.name) for name, entry in pick(load_catalog([layer])).items()}
        return [found[name] for name in sorted(found)]

    def _store(self, new: Entry, known: Entry | None, name: str, text: str) -> None:
        if known is not None:
            if content_hash(known) != content_hash(new):
                raise Conflict(
                    f"{name.partition('/')[2]} exists with other content: versions never change, use another"
                )
            return
        created = self._bench.home.storage.blobs.put_if_absent(f"catalog/{name}", text.encode())
        if not created:
            raise Conflict(f"{name} was added at the same moment: read it, then use another version")


def _parsed(read: Read[Entry], text: str, name: str, field: str) -> Entry:
    if len(text.encode()) > LONGEST:
        raise InvalidInput(f"{field} is over {LONGEST} bytes long", (field,))
    problems = CatalogProblems()
    found: Iterable[tuple[int | None, Entry]] = list(read(Path(name), text, problems))
    entries = [entry for _, entry in found]
    if problems.lines or len(entries) != 1:
        raise InvalidInput("; ".join(problems.lines) or f"{field} holds no entry", (field,))
    return entries[0]


def _versioned_view(entry: Prompt | Rubric, origin: str) -> EntryView:
    return EntryView(
        name=entry.name,
        version=entry.version,
        description=entry.description,
        hash=content_hash(entry),
        origin=origin,
        content=msgspec.to_builtins(entry),
    )


def _scenario_view(scenario: Scenario, origin: str) -> EntryView:
    """Return the view of a scenario, whose version is always 1: another content needs another id."""
    return EntryView(
        name=scenario.id,
        version="1",
        description=str(scenario.data.get("situation", "")),
        hash=scenario.hash,
        origin=origin,
        content=scenario.data,
    )
