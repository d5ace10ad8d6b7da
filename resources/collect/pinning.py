"""From options to a pinned spec: everything is resolved and validated before anything is paid."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Literal, TypeVar

import msgspec

from core.benchmark.draw import draw
from core.benchmark.model import Model
from core.benchmark.options import OptionError, select_models, validate_options
from core.benchmark.prompt import Prompt
from core.benchmark.records import check_baseline, split_baseline
from core.benchmark.render import GUARD, RenderError, render
from core.benchmark.scenario import Scenario
from core.benchmark.spec import PINNED, Options, Spec
from core.judging.rubric import Rubric
from core.plurals import counted
from resources.catalog import Catalog
from resources.home import Home
from resources.lake.specs import pinned_spec

T = TypeVar("T")
SHOWN_IDS = 5
VetPrompts = Callable[[Sequence[Prompt], Sequence[Scenario], Iterable[Literal["chat", "completion"]]], None]
"""Returns once each prompt was rendered within bounds for each scenario and kind of model, or raises RenderError."""


def no_vetting(_: Sequence[Prompt], __: Sequence[Scenario], ___: Iterable[str]) -> None:
    """Return at once: whoever renders on a machine of their own may take what time they like."""


def draft_spec(
    home: Home,
    name: str,
    options: Options,
    catalog: Catalog,
    *,
    sizes: Mapping[str, float | None],
    now: str,
    rubric: Rubric | None = None,
    vet: VetPrompts = no_vetting,
) -> Spec:
    """Return the spec that `options`, complete with defaults, would pin; raise the first thing that is wrong with them.

    A `rubric` that is given takes the place of the catalog's.
    Every (prompt, scenario) pair is rendered once, after `vet`, so that a template that cannot be filled is found here.
    """
    validate_options(name, options)
    named = catalog.pick_models(options.models or ())
    models, skipped = select_models(named, options.max_model_b, sizes, catalog.models)
    prompts = catalog.pick_prompts(options.prompts or tuple(_newest(catalog)))
    scenarios = draw(catalog.scenarios, options.n_scenarios, options.seed or 0)
    resolved = msgspec.structs.replace(
        Options(**{field: getattr(options, field) for field in PINNED}),
        models=tuple(model.name for model in named),
        prompts=tuple(prompt.name for prompt in prompts),
        n_scenarios=len(scenarios),
        anchors=options.anchors if options.extends else None,
    )
    spec = Spec(
        experiment=name,
        source="run",
        options=resolved,
        models=models,
        skipped=skipped,
        prompts=prompts,
        cells=tuple(product(range(len(models)), range(len(prompts)))),
        scenarios=scenarios,
        rubric=rubric or catalog.rubric(options.rubric or "tips"),
        n_tips=_set(options.n_tips, "n_tips"),
        temperature=_set(options.temperature, "temperature"),
        seed=_set(options.seed, "seed"),
        failures=options.failures or "worst",
        extends=options.extends,
        created_at=now,
    )
    vet(spec.prompts, spec.scenarios, {model.api for model in spec.models})
    _check(home, spec, options)
    return spec


def _check(home: Home, spec: Spec, options: Options) -> None:
    if options.baseline:
        check_baseline(spec.cell_names(), split_baseline(options.baseline))
    if spec.extends and pinned_spec(home, spec.extends, ("extends",)).source == "adopt":
        said = f"extends: {spec.extends} holds adopted outputs, which no generation here can equal"
        raise OptionError(said, ("extends",))
    _check_prompts(spec)
    if options.max_cost is not None:
        check_prices(spec)


def _check_prompts(spec: Spec) -> None:
    """Render every prompt for every scenario; raise RenderError, for fields that are not there with all scenarios."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for prompt, scenario in product(spec.prompts, spec.scenarios):
        for api in sorted({model.api for model in spec.models}):
            try:
                render(prompt, scenario, api)
            except RenderError as error:
                if error.lacking is None:
                    raise
                lacking.setdefault((prompt.ref, error.lacking), []).append(scenario.id)
                break
    if lacking:
        faults = [
            f"prompt {ref} names scenario.{field}, which {len(ids)} of {counted(len(spec.scenarios), 'scenario')} lack "
            f"({', '.join(sorted(ids)[:SHOWN_IDS])}{', …' if len(ids) > SHOWN_IDS else ''})"
            for (ref, field), ids in lacking.items()
        ]
        raise RenderError(f"{'; '.join(faults)}: {GUARD}")


def unpriced(models: Iterable[Model]) -> list[str]:
    """Return the names of remote models without prices, a tape's source too, each once."""
    return list(dict.fromkeys(model.priced.name for model in models if model.has_unknown_price))


def check_prices(spec: Spec) -> None:
    """Raise OptionError, which names each remote model without prices, a tape's source too: no ceiling could hold."""
    unknown = unpriced(spec.models)
    if unknown:
        raise OptionError(
            f"max_cost: the price of {', '.join(unknown)} is not known: give price_in and price_out in models.toml",
            ("max_cost",),
        )


def _newest(catalog: Catalog) -> list[str]:
    return sorted({prompt.name for prompt in catalog.prompts.values()})


def _set(value: T | None, field: str) -> T:
    if value is None:
        raise OptionError(f"{field} has no value: give it, or set it under [defaults] in tipbench.toml", (field,))
    return value
