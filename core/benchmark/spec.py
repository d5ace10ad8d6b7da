"""The experiment's spec: what is generated, pinned once with the full text of what it used."""

from typing import Annotated, Literal

import msgspec

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.scenario import Scenario
from core.expected_error import FieldError
from core.judging.rubric import Rubric
from core.option_info import option, options_in

Failures = Literal["worst", "excluded"]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The options of a benchmark as a person gave them; None means not given.

    The flags of the command line, the API's input, Dagit's launchpad, the body of REST, the keywords of the Python
    interface and the table of the README come from here, with their words and ranges.
    """

    models: Annotated[
        tuple[str, ...] | None, option("Models of the catalog", "A,B", value=("gemma3-270m", "template"))
    ] = None
    prompts: Annotated[
        tuple[str, ...] | None,
        option("Prompts of the catalog, NAME or NAME@VERSION", "A,B", default="all prompts, newest versions"),
    ] = None
    n_tips: Annotated[int | None, option("Tips for each cell and scenario", "N", low=1, high=1000, value=1)] = None
    n_scenarios: Annotated[
        int | None,
        option(
            "Scenarios drawn by seed, in the catalog's mix of areas, the same for every cell",
            "N",
            low=1,
            high=1_000_000,
            value=12,
            default="12, or all where there are fewer",
        ),
    ] = None
    temperature: Annotated[float | None, option("Temperature of every request", "T", low=0, high=2, value=0.7)] = None
    max_model_b: Annotated[
        float | None,
        option("Skip models marked local with more billions of parameters", "B", low=0, high=1e6, says_range=False),
    ] = None
    seed: Annotated[
        int | None,
        option("Draws scenarios, shuffles items, is mixed into every request", "N", low=0, high=2**31 - 1, value=0),
    ] = None
    rubric: Annotated[str | None, option("Rubric of the catalog, NAME or NAME@VERSION", "NAME", value="tips")] = None
    baseline: Annotated[
        str | None,
        option(
            "The cell that differences are taken to, MODEL/PROMPT",
            "MODEL/PROMPT",
            pinned=False,
            default="template with the first prompt, else the first cell",
        ),
    ] = None
    failures: Annotated[
        Failures | None,
        option(
            "Failed and refused tips count as the rubric's low (worst) or not at all (excluded)",
            "POLICY",
            value="worst",
        ),
    ] = None
    max_cost: Annotated[
        float | None,
        option(
            "Ceiling in USD for the whole experiment, before which collecting stops",
            "USD",
            low=0,
            high=1e9,
            says_range=False,
            pinned=False,
        ),
    ] = None
    max_judge_cost: Annotated[
        float | None,
        option(
            "Ceiling in USD for what models are paid for judging in the whole experiment, apart from max_cost",
            "USD",
            low=0,
            high=1e9,
            says_range=False,
            pinned=False,
        ),
    ] = None
    anyway: Annotated[
        bool | None,
        option("Go on with model judges that their trial stops, which is recorded", "YES", pinned=False),
    ] = None
    extends: Annotated[
        str | None,
        option(
            "Take over equal texts and refusals and their scores from this experiment; what is pinned there and not "
            "given here holds here too",
            "OLD",
        ),
    ] = None
    anchors: Annotated[
        float | None,
        option(
            "With extends, show a judge so many of its old items again, as a share of its new ones, to measure its "
            "drift",
            "SHARE",
            low=0,
            high=1,
            value=0.2,
            default="0.2 with extends",
        ),
    ] = None


OPTIONS = options_in(Options)
"""What is said of each option, by name."""
BUILT_IN = Options(**{name: info.value for name, info in OPTIONS.items()})
"""What holds where neither a caller nor tipbench.toml gives an option."""
PINNED = tuple(name for name, info in OPTIONS.items() if info.pinned)
"""Options that the pin fixes; the others are append-only records instead."""


class Skipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model that `max_model_b` left out, with its size in billions of parameters."""

    model: str
    parameters_b: float


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that an experiment generates; `cells` are indices into `models` and `prompts`, in leaderboard order.

    `options` holds the options as resolved with defaults, so that the options of a later launch can be compared one by
    one. Adopted outputs have no temperature; `adopted` is then the hash of their file and options.
    """

    format: int = 1
    experiment: str
    source: Literal["run", "adopt"]
    options: Options
    models: tuple[Model, ...]
    skipped: tuple[Skipped, ...] = ()
    prompts: tuple[Prompt, ...]
    cells: tuple[tuple[int, int], ...]
    scenarios: tuple[Scenario, ...]
    rubric: Rubric
    n_tips: int
    temperature: float | None
    seed: int
    failures: Failures
    extends: str | None = None
    created_at: str
    adopted: str | None = None

    def cell_names(self) -> list[tuple[str, str]]:
        """Return (model, prompt) of every cell, in leaderboard order."""
        return [(self.models[m].name, self.prompts[p].name) for m, p in self.cells]


class SpecMismatch(FieldError):
    """An option that differs from the pin; the message names the option and both values."""

    code = "NAME_TAKEN"


def check_override(spec: Spec, given: Options) -> Spec:
    """Return the pin if every option in `given` agrees with it, else raise SpecMismatch.

    Options not given always agree.
    """
    for field in PINNED:
        wanted, pinned = getattr(given, field), getattr(spec.options, field)
        if wanted is not None and wanted != pinned and not _same_entries(spec, field, wanted):
            raise SpecMismatch(
                f"{spec.experiment} is pinned with {field}={_show(pinned)}, and {field}={_show(wanted)} differs: "
                f"leave {field} out, or start a new experiment with extends={spec.experiment}",
                (field,),
            )
    return spec


def _same_entries(spec: Spec, field: str, wanted: object) -> bool:
    """Return whether `wanted` names the pinned prompts or rubric, be it as NAME or as NAME@VERSION."""
    if field == "rubric":
        return wanted in {spec.rubric.name, spec.rubric.ref}
    if field != "prompts" or not isinstance(wanted, tuple) or len(wanted) != len(spec.prompts):
        return False
    pairs = zip(wanted, spec.prompts, strict=True)
    return all(name in {prompt.name, prompt.ref} for name, prompt in pairs)


def _show(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
