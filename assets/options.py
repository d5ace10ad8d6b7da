"""The launchpad's fields: the options of a benchmark, each left out if the pin or the default decides."""

import dagster as dg
import msgspec

from core.benchmark.options import OptionError
from core.benchmark.spec import Options
from kit.validation import in_words, path_of


class LaunchOptions(dg.Config):
    """The options of a launch, named as everywhere; without any the experiment's pinned ones apply."""

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
    anchors: float | None = None
    judges: list[str] | None = None
    accept_failures: bool = False
    retry_failed: bool = False

    def options(self) -> Options:
        """Return the options without judges, accept_failures and retry_failed.

        Raise OptionError for one of a wrong type.
        """
        given = {name: getattr(self, name) for name in Options.__struct_fields__}
        try:
            return msgspec.convert(given, Options)
        except msgspec.ValidationError as error:
            raise OptionError(in_words(error, Options), path_of(error)) from error
