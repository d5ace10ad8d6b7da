"""Prints the keywords of the Python interface from the records of their options, as `make schema` writes them."""

import sys
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from core.benchmark.spec import Options
from core.scoring.gates import Gates

HEAD = '''"""Keywords of the interface, for type checkers: `make schema` prints them from the records of the options."""

from collections.abc import Sequence
from typing import Literal, TypedDict
'''
RECORDS: dict[str, tuple[type[msgspec.Struct], str]] = {
    "OptionKeywords": (
        Options,
        "The options of a benchmark; one that is left out is decided by the pin or the default.",
    ),
    "LimitKeywords": (Gates, "The limits of `checks` for one cell; one that is left out is that of tipbench.toml."),
}
"""By name: the record whose fields are the keywords, and what they are."""


def keywords() -> str:
    """Return the module `tipbench/keywords.py`."""
    return HEAD + "".join(_typed_dict(name, record, said) for name, (record, said) in RECORDS.items())


def _typed_dict(name: str, record: type[msgspec.Struct], said: str) -> str:
    hints = get_type_hints(record)
    fields = "".join(f"    {field}: {_written(hints[field])} | None\n" for field in record.__struct_fields__)
    return f'\n\nclass {name}(TypedDict, total=False):\n    """{said}"""\n\n{fields}'


def _written(hint: Any) -> str:
    """Return a type as source, without None, and a tuple of texts as any sequence of them."""
    (only,) = (part for part in get_args(hint) if part is not NoneType)
    if get_origin(only) is tuple:
        return f"Sequence[{get_args(only)[0].__name__}]"
    if get_origin(only) is Literal:
        return "Literal[" + ", ".join(f'"{value}"' for value in get_args(only)) + "]"
    return str(only.__name__)


def main() -> None:
    """Print the module to standard output."""
    sys.stdout.write(keywords())


if __name__ == "__main__":
    main()
