"""A refusal of every code, of the class that says it, and something that answers every call with one."""

import pkgutil
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from contracts.refusals import Refusal
from kit.http.bodies import TooSlow
from kit.refusals import REFUSALS, SLOW_REQUEST, RefusalRow

PACKAGES = ("api", "contracts", "kit", "resources", "services", "wiring")
ROOT = Path(__file__).parents[2]
CLASS = re.compile(r"^class (\w+)(?:\[[^\]]*\])?\(([^)]*)\)", re.MULTILINE)
MESSAGE = "planted"
PATH = ("field",)


def import_all() -> None:
    """Import every module of the code, which takes seconds."""
    for name in PACKAGES:
        package = import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if "migrations" not in module.name and not module.name.endswith(".child"):
                import_module(module.name)


def _import_refusals() -> None:
    """Import the modules that define a refusal, by what their text says."""
    paths = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    classes = [(path, *found) for path in paths for found in CLASS.findall(path.read_text("utf-8"))]
    names, more = set[str](), {"Refusal"}
    while more:
        names |= more
        more = {name for _, name, bases in classes if names & set(re.findall(r"\w+", bases))} - names
    for module in {path.relative_to(ROOT) for path, name, _ in classes if name in names}:
        import_module(".".join(module.with_suffix("").parts).removesuffix(".__init__"))


def imported_refusals() -> list[type[Refusal]]:
    """Every class of refusal of the code that is imported by now."""
    found, waiting = {Refusal}, [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            if kind.__module__.partition(".")[0] in PACKAGES and kind not in found:
                found.add(kind)
                waiting.append(kind)
    return sorted(found, key=lambda kind: kind.__qualname__)


@cache
def refusals() -> list[type[Refusal]]:
    """Every class of refusal in the code."""
    _import_refusals()
    return imported_refusals()


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
