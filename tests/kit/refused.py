"""A refusal of every code, of the class that says it, and something that answers every call with one."""

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from contracts.refusals import Refusal
from kit.http.bodies import TooSlow
from kit.refusals import REFUSALS, SLOW_REQUEST, RefusalRow

PACKAGES = ("api", "contracts", "kit", "resources", "services", "wiring")
MESSAGE = "planted"
PATH = ("field",)


def refusals() -> Iterator[type[Refusal]]:
    """Every class of refusal in the code."""
    for name in PACKAGES:
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "migrations" not in module.name and not module.name.endswith(".child"):
                import_module(module.name)
    found, waiting = {Refusal}, [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.partition(".")[0] in PACKAGES and kind not in found:
                found.add(kind)
                waiting.append(kind)
    yield from sorted(found, key=lambda kind: kind.__qualname__)


def refusal_of(code: str) -> Refusal:
    """One of that code, of its own class where there is one."""
    kinds = (kind for kind in refusals() if vars(kind).get("code") == code and kind is not TooSlow)
    return next(kinds, Refusal)(MESSAGE, PATH, code)


EVERY = [*map(refusal_of, REFUSALS), TooSlow(MESSAGE, PATH)]


def row(refusal: Refusal) -> RefusalRow:
    """The row that it is to be answered by."""
    return SLOW_REQUEST if isinstance(refusal, TooSlow) else REFUSALS[refusal.code]


class Refusing:
    """Answers a call of any method by raising `refusal`."""

    def __init__(self, refusal: Refusal) -> None:
        self._refusal = refusal

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def refuse(*_: Any, **__: Any) -> Any:
            raise self._refusal

        return refuse
