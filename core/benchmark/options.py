"""What the options of a benchmark may be, their defaults, and which models a size limit leaves."""

import math
from collections.abc import Mapping, Sequence

from core.benchmark.model import Model
from core.benchmark.names import EXPERIMENT, experiment_name
from core.benchmark.records import split_baseline
from core.benchmark.spec import OPTIONS, Options, Skipped
from core.expected_error import FieldError


class OptionError(FieldError):
    """An option that cannot be used; the message names the option, its value and what it may be."""


def validate_options(experiment: str, options: Options) -> None:
    """Raise OptionError, InvalidName or UnknownBaseline for the first option that cannot be used."""
    experiment_name(experiment)
    check_values(options)
    if options.extends == experiment:
        raise OptionError(f"extends is {options.extends}, the experiment itself: name an earlier one", ("extends",))


def check_values(options: Options) -> None:
    """Raise OptionError or UnknownBaseline for the first option that no experiment can have."""
    for field, info in OPTIONS.items():
        value = getattr(options, field)
        if value is None or info.low is None or info.high is None:
            continue
        if not (math.isfinite(value) and info.low <= value <= info.high):
            said = f"{field} is {value:.12g}: use a number from {info.low:.12g} to {info.high:.12g}"
            raise OptionError(said, (field,))
    for field in ("models", "prompts"):
        names = getattr(options, field)
        if names is not None and (not names or not all(names)):
            raise OptionError(f"{field} is empty: name at least one, for example {field}=template", (field,))
    if options.failures not in {None, "worst", "excluded"}:
        raise OptionError(f"failures is {options.failures!r}: use worst or excluded", ("failures",))
    if options.extends is not None and not EXPERIMENT.fullmatch(options.extends):
        raise OptionError(f"extends is {options.extends!r:.90}, which is no name of an experiment", ("extends",))
    if options.baseline is not None:
        split_baseline(options.baseline)


def with_defaults(options: Options, defaults: Options) -> Options:
    """Return `options` with each option that was not given taken from `defaults`."""
    names = Options.__struct_fields__
    return Options(**{n: d if (v := getattr(options, n)) is None else v for n in names for d in [getattr(defaults, n)]})


def select_models(
    models: Sequence[Model], limit: float | None, sizes: Mapping[str, float | None], known: Mapping[str, Model]
) -> tuple[tuple[Model, ...], tuple[Skipped, ...]]:
    """Return the models of at most `limit` billion parameters and those that were skipped; None for `limit` keeps all.

    Only models that run on the user's own machines are limited. `sizes` holds what servers reported, else the catalog's
    figure counts. A `tape` is as large as its source, looked up in `known`. Raise OptionError if a size is not known or
    no model is left.
    """
    if limit is None:
        return tuple(models), ()
    chosen: list[Model] = []
    skipped: list[Skipped] = []
    for model in models:
        size = _size(model, sizes, known)
        if size is None:
            raise OptionError(
                f"max_model_b is {limit:g} and the size of local model {model.name} is not known: "
                "give its parameters_b in models.toml",
                ("max_model_b",),
            )
        if size > limit:
            skipped.append(Skipped(model.name, size))
        else:
            chosen.append(model)
    if not chosen:
        raise OptionError(
            f"max_model_b is {limit:g} and leaves no model: {', '.join(s.model for s in skipped)} are larger",
            ("max_model_b",),
        )
    return tuple(chosen), tuple(skipped)


def _size(model: Model, sizes: Mapping[str, float | None], known: Mapping[str, Model]) -> float | None:
    if model.provider == "tape":
        source = known.get(model.source or "")
        return model.parameters_b if source is None else _size(source, sizes, known)
    if model.provider == "template" or not model.local:
        return 0.0
    reported = sizes.get(model.name)
    return model.parameters_b if reported is None else reported
