"""The launchpad's fields: the options of a benchmark, each left out if the pin or the default decides."""

from typing import Any

import dagster as dg
import msgspec
from pydantic import Field, create_model

from core.benchmark.options import OptionError
from core.benchmark.spec import OPTIONS, Options
from kit.validation import in_words, path_of


def _fields() -> dict[str, Any]:
    """Return a field for each option, with its sentence, in pydantic's form."""
    kinds = {name: list[str] if info.kind is tuple else info.kind for name, info in OPTIONS.items()}
    return {name: (kinds[name] | None, Field(None, description=info.sentence)) for name, info in OPTIONS.items()}


_OptionFields: Any = create_model("_OptionFields", __base__=dg.Config, **_fields())


class LaunchOptions(_OptionFields):  # type: ignore[misc]  # made from the record of the options
    """The options of a launch, named as everywhere; without any the experiment's pinned ones apply."""

    judges: list[str] | None = None
    accept_failures: bool = False
    retry_failed: bool = False

    def options(self) -> Options:
        """Return the options without judges, accept_failures and retry_failed.

        Raise OptionError for one of a wrong type.
        """
        given = {name: getattr(self, name) for name in OPTIONS}
        try:
            return msgspec.convert(given, Options)
        except msgspec.ValidationError as error:
            raise OptionError(in_words(error, Options), path_of(error)) from error
