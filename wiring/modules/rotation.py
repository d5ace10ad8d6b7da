"""Rotates the keys that modules declare, by name."""

import time

from contracts.module import Rotation, RotationContext
from wiring.database import database_as_it_is
from wiring.modules import all_modules
from wiring.modules.context import for_module
from wiring.settings import Settings


def rotations() -> dict[str, Rotation]:
    """Return how keys are rotated, by the names that they have on the command line."""
    return {name: rotation for module in all_modules() for name, rotation in module.rotates.items()}


def rotate(settings: Settings, name: str) -> str:
    """Return what a module says of its key, which it rotates; the database is opened only if the module asks it."""
    module = next(each for each in all_modules() if name in each.rotates)
    home = settings.home
    with database_as_it_is(home, settings.database_url) as engine:
        context = RotationContext(database=engine, secret=home.secret, clock=time.time, keys=home.keys)
        return module.rotates[name].rotate(for_module(context, module, settings.module_settings, settings.keys))
