"""What the launchpad asks: the options of a benchmark, each left out when the pin or the default decides."""

import dagster as dg
import msgspec

from core.benchmark.options import OptionError
from core.benchmark.spec import Options


class LaunchOptions(dg.Config):
    """The options of every door, by the same names; none given means: what the experiment is pinned to."""

    models: list[str] | None = None
    prompts: list[str] | None = None
    n_tips: int | None = None
    n_scenarios: int | None = None
    temperature: float | None = None
    max_model_b: float | None = None
    seed: int | None = None
    rubric: str | None = None
    baseline: str | None = None
    failures: str | None = None
    max_cost: float | None = None
    extends: str | None = None
    judges: list[str] | None = None
    accept_failures: bool = False
    retry_failed: bool = False

    def options(self) -> Options:
        """The options proper, without judges and the wish to accept failures."""
        given = {name: getattr(self, name) for name in Options.__struct_fields__}
        try:
            return msgspec.convert(given, Options)
        except msgspec.ValidationError as error:
            raise OptionError(str(error)) from error
