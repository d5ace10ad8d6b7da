"""The command `tipbench`: every command is imported when it is called, so that help answers at once."""

import gc
import io
import os
import signal
import sys
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from core.expected_error import ExpectedError
from kit.private_files import private_files
from wiring.blas_threads import one_blas_thread
from wiring.cli.terminal import say
from wiring.exit_codes import INTERRUPTED, WRONG_INPUT
from wiring.operations.failures import failure_of

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("operate.project", "Make a project folder with a catalog of your own."),
    "demo": ("benchmark.demo", "Run the benchmark on the embedded model, from nothing to a leaderboard."),
    "plan": ("read.plan", "Say what a run would generate and cost, before anything is paid."),
    "try": ("benchmark.try_model", "Render one prompt for one scenario and show the model's answer."),
    "try-judge": ("benchmark.try_judge", "Let a judge of the catalog answer real and planted tips before it is paid."),
    "run": ("benchmark.run", "Launch a benchmark, or go on with it: collect, export, score, publish."),
    "adopt": ("benchmark.adopt", "Bring outputs made elsewhere, with or without scores."),
    "experiments": ("read.listing", "List experiments."),
    "runs": ("read.listing", "List the collecting runs of an experiment."),
    "tips": ("read.listing", "List the tips of an experiment."),
    "export": ("benchmark.judging", "Write the folder of pending items for a judge."),
    "import": ("benchmark.judging", "Take a judge's scores and publish the leaderboard."),
    "leaderboard": ("read.results", "Show the leaderboard by (model, prompt)."),
    "report": ("read.results", "Name the HTML report of the leaderboard."),
    "check": ("read.check", "Evaluate the checks; exit 1 when one fails."),
    "choose": ("read.choose", "Say which cell to ship, or what is missing to say so."),
    "compare": ("read.compare", "Say what changed from one experiment to another by more than noise."),
    "ship": ("benchmark.ship", "Hand a cell over as the one to use, or take that back."),
    "pack": ("benchmark.pack", "Write an experiment into one file for other homes."),
    "unpack": ("benchmark.pack", "Make a pack an experiment of this home, to read and to extend."),
    "evaluate-policy": ("read.policy", "Estimate what another policy would have earned on logged decisions."),
    "mirror": ("benchmark.mirror", "Bring MLflow up to date, where it was away before."),
    "set-baseline": ("benchmark.baseline", "Take differences to another cell from here on."),
    "delete": ("benchmark.delete", "Delete an experiment of which nothing has been collected."),
    "catalog": ("read.catalog", "List models, prompts, scenarios, rubrics or judges of the catalog."),
    "link": ("operate.auth", "Print a fresh one-time address for signing in as the local admin."),
    "token": ("operate.auth", "Print a bearer token for scripts."),
    "keys": ("operate.auth", "Rotate the keys that this home signs with."),
    "prune": ("operate.prune", "Delete rows, runs and files that are past their time."),
    "erase": ("operate.erase", "Erase a user from every module, or list erasures."),
    "dead-letters": ("operate.dead_letters", "List events that a consumer could not handle, or give them back."),
    "notices": ("operate.notices", "Take mails that came back, and say to whom none is sent."),
    "decisions": ("operate.decisions", "Publish which tips were drawn and what became of them, for analysis."),
    "signals": ("operate.signals", "Publish what users did with tips, pseudonymous, for analysis."),
    "simulate-users": ("operate.simulate_users", "Play users with declared tastes, to see the loop without people."),
    "doctor": ("operate.project", "Look at the machine, the home and the catalog, and say what is wrong."),
    "serve": ("operate.serve", "Serve one module alone, for a gateway that is told of it."),
    "up": ("operate.up", "Serve the panel in the browser, the API, Dagit and MLflow on this home."),
}
ALIASES = {"letters": "dead-letters"}
"""Older names, still taken and not listed."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and summaries without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the commands' names in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
        """Import the command's module and take the command from it."""
        cmd_name = ALIASES.get(cmd_name, cmd_name)
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"wiring.cli.{COMMANDS[cmd_name][0]}")
        command: Any = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # the same
        """Write the list of commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--project", metavar="DIR", type=click.Path(path_type=Path), help="Project folder; default: the nearest.")
@click.version_option("0.1.0", prog_name="tipbench")
@click.pass_context
def tipbench(ctx: click.Context, project: Path | None) -> None:
    """Find out which (model, prompt) cell writes the best tips, with honest intervals.

    Start with: tipbench demo
    """
    ctx.obj = project


def main() -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(100_000, 50, 100)  # a command ends soon: of 100,000 rows a tenth of the time was the collector's
    one_blas_thread(os.environ)
    try:
        code = run_command_line()
    except KeyboardInterrupt:  # one more Ctrl-C while the first was dealt with
        code = INTERRUPTED
    if code == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # at once: a thread in native code would be waited for, or crash as the interpreter goes
    sys.exit(code)


def run_command_line() -> int:
    """Return the exit code of the command that the process's arguments name; what it makes is its owner's alone."""
    with private_files():
        return _run_command()


def _run_command() -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # whatever the locale: JSON is UTF-8
    try:
        code = tipbench.main(prog_name="tipbench", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort) as stop:
        said = str(stop.__cause__ or stop)  # click hides what was raised behind its own
        say(f"tipbench: {said or 'interrupted; what was collected is kept, run again to go on'}", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        say(shown.getvalue(), err=True, nl=False)
        return WRONG_INPUT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001  # the edge: known errors get their code, the unknown is masked
        return report_failure(error)
    return code if isinstance(code, int) else 0


def report_failure(error: Exception) -> int:
    """Print one sentence on standard error, of a defect without its values; return the exit code."""
    failure = failure_of(error, _home)
    say(f"tipbench: {failure.sentence}", err=True)
    return failure.code


def _home() -> Path:
    """The home of the project that the command was about, or the one of this folder when even that cannot be read."""
    from wiring.settings import read_settings

    named = [after for word, after in pairwise(sys.argv) if word == "--project"]
    try:
        return read_settings(os.environ, Path.cwd(), Path(named[0]) if named else None).home.root
    except (ValueError, OSError, ExpectedError):  # such as a link that stands in the home since
        return Path(".tipbench")
