"""The command line with the sample among the modules: `python -m tests.wiring.modules.sample_command serve sample`."""

import sys

import wiring.modules
from contracts.module import Module
from tests.wiring.modules.sample.declaration import SAMPLE


def with_sample() -> tuple[Module, ...]:
    """The modules with the one entry more, wherever it stands."""
    return (*wiring.modules.MODULES, SAMPLE)


if __name__ == "__main__":
    wiring.modules.MODULES = with_sample()
    from wiring.cli import run_command_line  # commands read the modules when they are imported

    sys.exit(run_command_line())
