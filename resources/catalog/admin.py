"""The catalog as admins see and extend it; new versions go to the home's layer, which overlays the others."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from contracts.benchmark.catalog_admin import EntryKind, EntryPreview, EntryView, ModelView
from contracts.refusals import Conflict, InvalidInput, NotFound
from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.render import RenderError, render
from core.benchmark.scenario import Scenario
from core.canonical import content_hash
from core.judging.judge_entry import JudgeEntry
from core.judging.rubric import Rubric
from kit.refusals import refusal_of
from kit.tables.encoding import plain
from resources.bench_context import BenchContext
from resources.catalog import Catalog, CatalogError, load_catalog
from resources.catalog.entry_texts import entry_texts, parsed
from resources.catalog.prompts import read_prompt
from resources.catalog.rubrics import read_rubric
from resources.catalog.scenarios import read_scenarios

Entry = TypeVar("Entry", Prompt, Rubric, Scenario)
Shown = TypeVar("Shown", Prompt, Rubric, Scenario, JudgeEntry)


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

    def judges(self) -> list[EntryView]:
        """Return judges that are models or commands by name, each with its layer."""
        return self._entries(lambda catalog: catalog.judges, _judge_view)

    def texts(self, entries: Sequence[tuple[str, str, str]]) -> list[str | None]:
        """Return the text that each entry in force was read from, by kind, name and version; None for others."""
        found = entry_texts(self._bench.layers, {kind for kind, _, _ in entries})
        return [found.get(entry) for entry in entries]

    def preview(self, kind: EntryKind, text: str, scenario: str | None) -> EntryPreview:
        """Return what a text would be as an entry; raise InvalidInput with all that is wrong with it."""
        catalog, text = self._catalog(), plain(text)
        if kind is EntryKind.PROMPT:
            prompt: Prompt = parsed(read_prompt, text, "prompt.md", "text")
            view, known = _versioned_view(prompt, "home"), catalog.prompts.get(prompt.ref)
            messages, unrendered = self._rendered(prompt, _scenario(catalog, scenario))
            return EntryPreview(entry=view, state=_state(prompt, known), messages=messages, unrendered=unrendered)
        if kind is EntryKind.RUBRIC:
            rubric: Rubric = parsed(read_rubric, text, "rubric.toml", "text")
            return EntryPreview(
                entry=_versioned_view(rubric, "home"), state=_state(rubric, catalog.rubrics.get(rubric.ref))
            )
        found: Scenario = parsed(read_scenarios, _line(text), "scenario.jsonl", "text")
        same = {entry.id: entry for entry in catalog.scenarios}.get(found.id)
        return EntryPreview(entry=_scenario_view(found, "home"), state=_state(found, same))

    def add_prompt(self, text: str) -> EntryView:
        """Write a prompt file of at most 64 KiB into the home's layer and return the prompt."""
        text = plain(text)
        prompt: Prompt = parsed(read_prompt, text, "prompt.md", "text")
        self._store(prompt, self._catalog().prompts.get(prompt.ref), f"prompts/{prompt.ref}.md", text)
        return _versioned_view(prompt, "home")

    def add_scenario(self, scenario: dict[str, Any]) -> EntryView:
        """Write a scenario of at most 64 KiB into the home's layer and return it."""
        try:
            line = msgspec.json.encode(scenario).decode()
        except OverflowError:
            raise InvalidInput("a number of the scenario has more than 64 bits", ("scenario",)) from None
        found: Scenario = parsed(read_scenarios, line, "scenario.jsonl", "scenario")
        known = {entry.id: entry for entry in self._catalog().scenarios}.get(found.id)
        self._store(found, known, f"scenarios/{found.id}.jsonl", line + "\n")
        return _scenario_view(found, "home")

    def add_rubric(self, text: str) -> EntryView:
        """Write a rubric file of at most 64 KiB into the home's layer and return the rubric."""
        text = plain(text)
        rubric: Rubric = parsed(read_rubric, text, "rubric.toml", "text")
        self._store(rubric, self._catalog().rubrics.get(rubric.ref), f"rubrics/{rubric.ref}.toml", text)
        return _versioned_view(rubric, "home")

    def _catalog(self) -> Catalog:
        try:
            return self._bench.catalog()
        except CatalogError as error:
            raise refusal_of(error) from error

    def _entries(
        self, pick: Callable[[Catalog], Mapping[str, Shown]], view: Callable[[Shown, str], EntryView]
    ) -> list[EntryView]:
        """Return every entry in force with its layer, by name."""
        self._catalog()
        found: dict[str, EntryView] = {}
        for layer in self._bench.layers:
            found |= {name: view(entry, layer.name) for name, entry in pick(load_catalog([layer])).items()}
        return [found[name] for name in sorted(found)]

    def _rendered(self, prompt: Prompt, scenario: Scenario) -> tuple[Sequence[PromptMessage], str | None]:
        """Return what a model of the prompt's own mode would be sent, and why there is nothing."""
        try:
            self._bench.vet([prompt], [scenario], [prompt.mode])
            rendered = render(prompt, scenario, prompt.mode)
        except RenderError as error:
            return (), str(error)
        return rendered.messages or (PromptMessage("user", rendered.text or ""),), None

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


def _line(text: str) -> str:
    """Return a scenario as one line, however it was laid out; raise InvalidInput for what is no JSON."""
    try:
        return msgspec.json.encode(msgspec.json.decode(text, strict=False)).decode()
    except (msgspec.DecodeError, OverflowError, RecursionError) as error:
        raise InvalidInput(f"not JSON: {error}", ("text",)) from None


def _state(new: Entry, known: Entry | None) -> Literal["new", "same", "taken"]:
    if known is None:
        return "new"
    return "same" if content_hash(known) == content_hash(new) else "taken"


def _scenario(catalog: Catalog, wanted: str | None) -> Scenario:
    found = [entry for entry in catalog.scenarios if wanted in {None, entry.id}]
    if not found:
        said = "the catalog has no scenarios" if wanted is None else f"scenario {wanted!r} is not in the catalog"
        raise NotFound(said, ("scenario",))
    return found[0]


def _versioned_view(entry: Prompt | Rubric, origin: str) -> EntryView:
    return EntryView(
        kind="prompt" if isinstance(entry, Prompt) else "rubric",
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
        kind="scenario",
        name=scenario.id,
        version="1",
        description=str(scenario.data.get("situation", "")),
        hash=scenario.hash,
        origin=origin,
        content=scenario.data,
    )


def _judge_view(judge: JudgeEntry, origin: str) -> EntryView:
    """Return the view of a judge, whose version is always 1; an experiment pins its whole definition."""
    by = f"model {judge.model}" if judge.model is not None else "a command"
    return EntryView(
        kind="judge",
        name=judge.name,
        version="1",
        description=f"kind {judge.kind}, by {by}",
        hash=content_hash(judge),
        origin=origin,
        content=msgspec.to_builtins(judge),
    )
