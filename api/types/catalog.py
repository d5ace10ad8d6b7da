"""The catalog: models, prompts, scenarios and rubrics; new versions are added, none is ever changed."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.context import ApiServices, Info, in_thread
from api.failures import AnyFailure
from api.fields import field, mutation, query
from api.types.node import accepts
from contracts.access.caller import Role
from contracts.benchmark.catalog_admin import EntryView, ModelView
from contracts.refusals import InvalidInput
from core.judging.rubric import Rubric


@strawberry.type(description="A model of the catalog.")
class CatalogModel:
    """Shows contracts.benchmark.catalog_admin.ModelView."""

    is_type_of = accepts(ModelView)

    name: str = strawberry.field(description="Name.")
    provider: str = strawberry.field(description="openai, embedded, template or tape.")
    version: str = strawberry.field(description="Version.")
    local: bool = strawberry.field(description="Runs on the user's own machines; max_model_b counts it.")
    parameters_b: float | None = strawberry.field(name="parametersB", description="Billions of parameters.")
    price_in: float | None = strawberry.field(description="USD for a million input tokens.")
    price_out: float | None = strawberry.field(description="USD for a million output tokens.")
    endpoint: str | None = strawberry.field(description="Name of its endpoint.")
    key_env: str | None = strawberry.field(description="The environment variable that holds its key.")
    ready: bool = strawberry.field(description="False while its key is missing.")


@strawberry.type(description="What a level of a criterion means.")
class Anchor:
    """A level and what it stands for."""

    level: str = strawberry.field(description="A value of the criterion; also yes or no.")
    text: str = strawberry.field(description="What it means.")


@strawberry.type(description="A question of the rubric, as a judge answers it.")
class RubricCriterion:
    """Shows core.judging.rubric.Criterion, without what the program judge uses."""

    name: str = strawberry.field(description="Under which its value is given.")
    description: str = strawberry.field(description="The question.")
    weight: float = strawberry.field(description="In the score; 0 for a gate.")
    yes_no: bool = strawberry.field(description="It is answered with 1 for yes or 0 for no, and nothing between.")
    gate: bool = strawberry.field(description="It is a condition apart from the score.")
    needs: str | None = strawberry.field(
        description="The field of a scenario without which it is not asked and may be left out; null for every item."
    )
    low: float = strawberry.field(description="The lowest value.")
    high: float = strawberry.field(description="The highest value.")
    anchors: list[Anchor] = strawberry.field(description="Levels that are described.")


def criteria_of(rubric: Rubric) -> list[RubricCriterion]:
    """Return the criteria in order of display, each with the values that it may have."""
    scale = rubric.scale
    return [
        RubricCriterion(
            name=own.name,
            description=own.description,
            weight=0.0 if own.gate else own.weight,
            yes_no=own.scale == "yes_no",
            gate=own.gate,
            needs=own.needs,
            low=0.0 if own.scale == "yes_no" else scale.low,
            high=1.0 if own.scale == "yes_no" else scale.high,
            anchors=[Anchor(level=level, text=text) for level, text in own.anchors.items()],
        )
        for own in rubric.criteria
    ]


def entry_texts(services: ApiServices, entries: list[tuple[str, str, str]]) -> list[str | None]:
    """Return the text of the file of each entry, which is given by kind, name and version."""
    return services.catalog_admin.texts(entries)


@strawberry.type(description="A version of a prompt or rubric, a scenario, or a judge.")
class CatalogEntry:
    """Shows contracts.benchmark.catalog_admin.EntryView."""

    is_type_of = accepts(EntryView)

    kind: str = strawberry.field(description="prompt, scenario, rubric or judge.")
    name: str = strawberry.field(description="Name, or a scenario's id.")
    version: str = strawberry.field(description="Version; 1 of a scenario or judge.")
    description: str = strawberry.field(description="For people.")
    hash: str = strawberry.field(description="Content hash.")
    origin: str = strawberry.field(description="packaged, project or home: the layer it stands in.")
    content: JSON = strawberry.field(description="Its record.")

    @field("The text of its file, to begin a version with; null for a scenario.", gives=str | None, weight=10)
    @staticmethod
    async def text(root: strawberry.Parent[EntryView], info: Info) -> str | None:
        """Return the file's text as it stands in the entry's layer."""
        return await info.context.load(entry_texts, (root.kind, root.name, root.version))


EntryResult = Annotated[
    CatalogEntry | AnyFailure, strawberry.union("EntryResult", description="The entry, or why it was not added.")
]


@strawberry.type(description="The catalog as its files are now.")
class Catalog:
    """The catalog's lists, each read when it is selected."""

    @field("Models, by name.", gives=list[CatalogModel], weight=2_000, rows=200)
    async def models(self, info: Info) -> list[ModelView]:
        """Return the models of all layers."""
        return await in_thread(info.context.services.catalog_admin.models)

    @field("Prompts, by name and version.", gives=list[CatalogEntry], weight=2_000, rows=200)
    async def prompts(self, info: Info) -> list[EntryView]:
        """Return the prompts of all layers."""
        return await in_thread(info.context.services.catalog_admin.prompts)

    @field("Scenarios, by id.", gives=list[CatalogEntry], weight=2_000, rows=500)
    async def scenarios(self, info: Info) -> list[EntryView]:
        """Return the scenarios of all layers."""
        return await in_thread(info.context.services.catalog_admin.scenarios)

    @field("Rubrics, by name and version.", gives=list[CatalogEntry], weight=2_000, rows=50)
    async def rubrics(self, info: Info) -> list[EntryView]:
        """Return the rubrics of all layers."""
        return await in_thread(info.context.services.catalog_admin.rubrics)

    @field("Judges that are models or commands, by name.", gives=list[CatalogEntry], weight=2_000, rows=50)
    async def judges(self, info: Info) -> list[EntryView]:
        """Return the judges of all layers."""
        return await in_thread(info.context.services.catalog_admin.judges)


class CatalogQueries:
    """Root fields of the query."""

    @query(Role.ADMIN, "What a benchmark can be made of.")
    def catalog(self) -> Catalog:
        """Return the catalog; its lists are read when they are selected."""
        return Catalog()


Text = Annotated[str, strawberry.argument(description="The file's text, with its own name and version.")]


class CatalogMutations:
    """Root fields of the mutation."""

    @mutation(Role.ADMIN, "Add a prompt version to the home's catalog.", gives=EntryResult)
    async def add_prompt(self, info: Info, text: Text) -> EntryView:
        """Add a prompt in the format of docs/prompt-format.md; raise InvalidInput for one that is not valid."""
        return _noted(info, await in_thread(info.context.services.catalog_admin.add_prompt, text))

    @mutation(Role.ADMIN, "Add a rubric version to the home's catalog.", gives=EntryResult)
    async def add_rubric(self, info: Info, text: Text) -> EntryView:
        """Add a rubric written in TOML; raise InvalidInput for one that is not valid."""
        return _noted(info, await in_thread(info.context.services.catalog_admin.add_rubric, text))

    @mutation(Role.ADMIN, "Add a scenario to the home's catalog.", gives=EntryResult)
    async def add_scenario(
        self, info: Info, scenario: Annotated[JSON, strawberry.argument(description="A line of a scenarios file.")]
    ) -> EntryView:
        """Add a scenario under an id that is not in use; raise InvalidInput for one that is not valid."""
        if not isinstance(scenario, dict):
            raise InvalidInput("scenario is not an object", ("scenario",))
        return _noted(info, await in_thread(info.context.services.catalog_admin.add_scenario, scenario))


def _noted(info: Info, entry: EntryView) -> EntryView:
    info.context.note(target=entry.hash, after={"entry": f"{entry.name}@{entry.version}", "hash": entry.hash})
    return entry
