"""Turns keywords into the options of a benchmark."""

from collections.abc import Mapping
from typing import Any

import msgspec

from core.benchmark.options import OptionError
from core.benchmark.spec import Options
from kit.validation import in_words, path_of


def options_of(given: Mapping[str, Any]) -> Options:
    """Return options from keywords; raise OptionError for a name or type that is none of theirs."""
    try:
        return msgspec.convert(given, Options)
    except msgspec.ValidationError as error:
        raise OptionError(in_words(error, Options), path_of(error)) from error
