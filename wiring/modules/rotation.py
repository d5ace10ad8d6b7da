"""Rotates the keys that modules declare, by name."""

from wiring.database import open_database, opening
from wiring.keys import home_keys
from wiring.modules import all_modules
from wiring.modules.context import for_module, module_context
from wiring.modules.events import build_events
from wiring.settings import Settings


def rotating() -> dict[str, str]:
    """Return the names of keys that can be rotated, with their modules' names."""
    return {name: module.name for module in all_modules() for name in module.rotates}


def rotate(settings: Settings, name: str) -> str:
    """Return what a module says of its key, which it rotates; raise Unavailable where the database cannot be opened."""
    module = next(each for each in all_modules() if name in each.rotates)
    with opening():
        engine = open_database(settings.home, settings.database_url)
    try:
        sealer = home_keys(settings.home).sealer
        context = module_context(settings.home, engine, sealer, build_events(settings, engine, sealer).bus)
        return module.rotates[name](for_module(context, module, settings.module_settings, settings.keys))
    finally:
        engine.dispose()
