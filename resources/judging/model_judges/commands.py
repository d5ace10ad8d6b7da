"""Asks a judge of the catalog that is a command: one item as JSON on its standard input, one answer on its output."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import msgspec

from contracts.benchmark.models import ModelAnswer, ModelClient, ModelRequest, OnSend
from core.benchmark.model import Model
from core.judging.judge_entry import JudgeEntry
from core.judging.model_judges.definition import JudgeDefinition
from core.judging.model_judges.prompt import ShownItem, answer_schema
from core.judging.rubric import Rubric
from core.redaction import exact_secrets, redacted, without_secrets
from kit.processes.commands import CommandEnded, run_command
from resources.bench_context import BenchContext
from resources.catalog.load import readable_judges
from resources.models.registry import open_clients

LONGEST_S = 300.0
"""Seconds that a command may take for one answer."""
LARGEST = 1 << 20
"""Bytes that it may write meanwhile."""
AT_ONCE = 4


class CommandClient:
    """A model client whose answers a command gives, each by a process of its own."""

    def __init__(
        self, entry: JudgeEntry, cwd: Path, environ: Mapping[str, str], secrets: Sequence[str], on_send: OnSend
    ) -> None:
        own = {name: environ[name] for name in entry.env}
        self._command, self._cwd, self._on_send = entry.command, cwd, on_send
        self._env = {"PATH": environ.get("PATH", os.defpath), "LANG": "C.UTF-8", **own}
        self._secrets = exact_secrets([*own.values(), *secrets])
        self.longest_s = LONGEST_S

    def concurrency(self, model: Model) -> int:  # noqa: ARG002 - a definition has one model
        """Return how many of its processes may run at once."""
        return AT_ONCE

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return what a process of the command printed; that it failed, hangs or cannot be started is an outcome."""
        self._on_send(request.key)
        stop, began = Event(), time.monotonic()
        given = (request.text or "").encode()
        try:
            ended = await asyncio.to_thread(
                run_command,
                self._command,
                given,
                env=self._env,
                cwd=self._cwd,
                longest_s=self.longest_s,
                largest=LARGEST,
                stop=stop,
            )
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            said = f"its command {self._command[0]} cannot be started: {why}"
            return ModelAnswer(kind="misconfigured", error=said, fault=said)
        finally:
            stop.set()
        return self._outcome(ended, 1000 * (time.monotonic() - began))

    async def close(self) -> None:
        """Release nothing: no process outlives its answer."""

    def _outcome(self, ended: CommandEnded, latency_ms: float) -> ModelAnswer:
        if ended.returncode == 0:
            text = without_secrets(ended.printed.decode(errors="replace"), self._secrets)
            return ModelAnswer(kind="text", text=text, latency_ms=latency_ms)
        if ended.too_much:
            fault = f"the command wrote over {LARGEST >> 20} MB"
        elif ended.returncode is None:
            said = f"the command did not end within {self.longest_s:g} s"
            return ModelAnswer(kind="transient", error=said, latency_ms=latency_ms, unseen=1)
        else:
            by = f"exit code {ended.returncode}" if ended.returncode > 0 else f"signal {-ended.returncode}"
            fault = f"the command ended with {by}"
        last = redacted(without_secrets(ended.complained.decode(errors="replace"), self._secrets)).strip()
        said = f"{fault}: {' '.join(last.split())}" if last else fault
        return ModelAnswer(kind="failed", error=said, fault=fault, unclear=True, latency_ms=latency_ms)


def command_trouble(bench: BenchContext, entry: JudgeEntry) -> str | None:
    """Return why a judge's command is not run here, None where it is, or for a judge that is a model.

    A command on record is run only where a judge of today's catalog has it with these variables, under whatever name:
    nothing that came in a pack starts a process by itself.
    """
    if not entry.command:
        return None
    if _folder(bench, entry) is None:
        return (
            f"no judge of the catalog has its command {entry.command[0]} with these variables: put it there to run it"
        )
    missing = next((name for name in entry.env if not bench.keys.get(name)), None)
    return None if missing is None else f"its command is given {missing}, which is not set: export {missing}=…"


@asynccontextmanager
async def open_judge_clients(
    bench: BenchContext, definition: JudgeDefinition, model: Model, *, seed: int, on_send: OnSend
) -> AsyncIterator[Mapping[str, ModelClient]]:
    """Yield the client of a judge's model, as it is today, by the model's name; for a command one that runs it.

    Raise MissingKey for a model without its key, LookupError for a command that `command_trouble` has words for.
    """
    entry = definition.entry
    if entry.command:
        folder = _folder(bench, entry)
        if folder is None:
            raise LookupError(f"no judge of the catalog has the command {entry.command[0]}")
        yield {model.name: CommandClient(entry, folder, bench.keys, bench.secrets(), on_send)}
        return
    async with open_clients(
        [model], keys=bench.keys, home=bench.home, catalogs=bench.catalogs, seed=seed, on_send=on_send
    ) as clients:
        yield clients


def item_for_command(item: ShownItem, part: Rubric, seed: int) -> str:
    """Return what a command is given of an item: all that a person sees of it, the criteria, and the answer's form."""
    criteria = [msgspec.structs.replace(each, heuristic=None) for each in part.criteria]
    shown = {
        "item": item.mark,
        "seed": seed,
        **item.texts,
        "rubric": {"name": part.ref, "scale": part.scale, "criteria": criteria},
        "answer": answer_schema(part),
    }
    return msgspec.json.encode(shown).decode() + "\n"


def _folder(bench: BenchContext, entry: JudgeEntry) -> Path | None:
    """Return the folder of the last layer with a judge of this command, beside whose definition it is run."""
    for layer in reversed(bench.layers):
        for own in readable_judges([layer]).values():
            if own.command == entry.command and {*entry.env} <= {*own.env}:
                return layer.folder / "judges"
    return None
