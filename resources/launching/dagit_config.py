"""Options and judges of a launch in the run config of Dagit's launchpad."""

from typing import Any, cast

from contracts.refusals import InvalidInput

SWITCHES = ("accept_failures", "retry_failed")


def launch_options(config: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return options and judges of a run config; raise InvalidInput for another shape, of its switches too."""
    given = config
    for name in ("ops", "candidates", "config"):
        given = given.get(name) or {}
        if not isinstance(given, dict):
            raise InvalidInput(f"the run config has no mapping under {name}", ("runConfig", name))
    options = {str(name): value for name, value in given.items() if value is not None}
    judges = options.pop("judges", [])
    if not isinstance(judges, list) or not all(isinstance(judge, str) for judge in judges):
        raise InvalidInput("judges is a list of ID or ID=KIND", ("judges",))
    for switch in SWITCHES:
        if not isinstance(options.pop(switch, False), bool):
            raise InvalidInput(f"{switch} is true or false", (switch,))
    return options, tuple(cast("list[str]", judges))
