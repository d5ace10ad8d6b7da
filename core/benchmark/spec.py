"""The experiment's spec: what is generated, pinned once with the full text of what it used."""

from typing import Literal

import msgspec

from core.benchmark.model import Model
from core.benchmark.prompt import Prompt
from core.benchmark.scenario import Scenario
from core.expected_error import FieldError
from core.judging.rubric import Rubric

Failures = Literal["worst", "excluded"]
PINNED = (
    "models",
    "prompts",
    "n_tips",
    "n_scenarios",
    "temperature",
    "max_model_b",
    "seed",
    "rubric",
    "failures",
    "extends",
    "anchors",
)
"""Options that the pin fixes; `baseline` and `max_cost` are append-only records instead."""


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The options of contracts.md as a person gave them; None means not given."""

    models: tuple[str, ...] | None = None
    prompts: tuple[str, ...] | None = None
    n_tips: int | None = None
    n_scenarios: int | None = None
    temperature: float | None = None
    max_model_b: float | None = None
    seed: int | None = None
    rubric: str | None = None
    baseline: str | None = None
    failures: Failures | None = None
    max_cost: float | None = None
    extends: str | None = None
    anchors: float | None = None


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
