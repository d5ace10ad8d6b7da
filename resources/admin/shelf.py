"""The catalog as admins see and extend it; new versions go to the home's layer, which overlays the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from contracts.refusals import Conflict, InvalidInput, Unavailable
from contracts.shelf import EntryFacts, ModelFacts
from core.canonical import content_hash
from core.prompt import Prompt
from core.rubric import Rubric
from core.scenario import Scenario
from resources.catalog import Catalog, CatalogError, load_catalog
from resources.catalog.problems import Problems
from resources.catalog.prompts import read_prompt
from resources.catalog.rubrics import read_rubric
from resources.catalog.scenarios import read_scenarios
from resources.house import House
from resources.lake.files import create_exclusively

LONGEST = 64 * 1024
Entry = TypeVar("Entry", Prompt, Rubric, Scenario)
Read = Callable[[Path, str, Problems], Iterator[tuple[int | None, Entry]]]


class CatalogShelf:
    """Implements contracts.shelf.Shelf over the house's layers."""

    def __init__(self, house: House) -> None:
        self._house = house

    def models(self) -> list[ModelFacts]:
        """By name."""
        found = sorted(self._catalog().models.values(), key=lambda model: model.name)
        keys = self._house.keys
        return [
            ModelFacts(
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

    def prompts(self) -> list[EntryFacts]:
        """By name and version."""
        return self._entries(lambda catalog: catalog.prompts, _prompt_facts)

    def scenarios(self) -> list[EntryFacts]:
        """By id."""
        return self._entries(lambda catalog: {entry.id: entry for entry in catalog.scenarios}, _scenario_facts)

    def rubrics(self) -> list[EntryFacts]:
        """By name and version."""
        return self._entries(lambda catalog: catalog.rubrics, _rubric_facts)

    def add_prompt(self, text: str) -> EntryFacts:
        """A prompt file, as docs/prompt-format.md describes it."""
        prompt: Prompt = _parsed(read_prompt, text, "prompt.md", "text")
        self._keep(prompt, self._catalog().prompts.get(prompt.ref), f"prompts/{prompt.ref}.md", text)
        return _prompt_facts(prompt, "home")

    def add_scenario(self, scenario: dict[str, Any]) -> EntryFacts:
        """A scenario, as a line of a scenarios file."""
        try:
            line = msgspec.json.encode(scenario).decode()
        except OverflowError:
            raise InvalidInput("a number of the scenario has more than 64 bits", ("scenario",)) from None
        found: Scenario = _parsed(read_scenarios, line, "scenario.jsonl", "scenario")
        known = {entry.id: entry for entry in self._catalog().scenarios}.get(found.id)
        self._keep(found, known, f"scenarios/{found.id}.jsonl", line + "\n")
        return _scenario_facts(found, "home")

    def add_rubric(self, text: str) -> EntryFacts:
        """A rubric file in TOML."""
        rubric: Rubric = _parsed(read_rubric, text, "rubric.toml", "text")
        self._keep(rubric, self._catalog().rubrics.get(rubric.ref), f"rubrics/{rubric.ref}.toml", text)
        return _rubric_facts(rubric, "home")

    def _catalog(self) -> Catalog:
        try:
            return self._house.catalog()
        except CatalogError as error:
            raise Unavailable(str(error)) from error

    def _entries(
        self, pick: Callable[[Catalog], Mapping[str, Entry]], facts: Callable[[Entry, str], EntryFacts]
    ) -> list[EntryFacts]:
        """Every entry in force with the layer that it comes from, by name."""
        self._catalog()
        found: dict[str, EntryFacts] = {}
        for layer in self._house.layers:
            found |= {name: facts(entry, layer.name) for name, entry in pick(load_catalog([layer])).items()}
        return [found[name] for name in sorted(found)]

    def _keep(self, new: Entry, known: Entry | None, name: str, text: str) -> None:
        if known is not None:
            if content_hash(known) != content_hash(new):
                raise Conflict(
                    f"{name.partition('/')[2]} exists with other content: versions never change, use another"
                )
            return
        created = create_exclusively(self._house.home.catalog / name, text.encode())
        if not created:
            raise Conflict(f"{name} was added at the same moment: read it, then use another version")


def _parsed(read: Read[Entry], text: str, name: str, field: str) -> Entry:
    if len(text.encode()) > LONGEST:
        raise InvalidInput(f"{field} is over {LONGEST} bytes long", (field,))
    problems = Problems()
    found: Iterable[tuple[int | None, Entry]] = list(read(Path(name), text, problems))
    entries = [entry for _, entry in found]
    if problems.lines or len(entries) != 1:
        raise InvalidInput("; ".join(problems.lines) or f"{field} holds no entry", (field,))
    return entries[0]


def _prompt_facts(prompt: Prompt, origin: str) -> EntryFacts:
    return EntryFacts(
        name=prompt.name,
        version=prompt.version,
        description=prompt.description,
        hash=content_hash(prompt),
        origin=origin,
        content=msgspec.to_builtins(prompt),
    )


def _rubric_facts(rubric: Rubric, origin: str) -> EntryFacts:
    return EntryFacts(
        name=rubric.name,
        version=rubric.version,
        description=rubric.description,
        hash=content_hash(rubric),
        origin=origin,
        content=msgspec.to_builtins(rubric),
    )


def _scenario_facts(scenario: Scenario, origin: str) -> EntryFacts:
    """A scenario has no version: another content needs another id."""
    return EntryFacts(
        name=scenario.id,
        version="1",
        description=str(scenario.data.get("situation", "")),
        hash=scenario.hash,
        origin=origin,
        content=scenario.data,
    )
