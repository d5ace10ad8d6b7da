"""A tape: answers recorded from another model, replayed for equal requests, for tests and offline work."""

from pathlib import Path

import msgspec

from contracts.benchmark.models import ModelAnswer, ModelClient, ModelRequest, OnSend
from core.benchmark.model import Model
from core.canonical import content_hash
from core.expected_error import OperatorError
from resources.storage.files import append_line


class TapeBroken(OperatorError, ValueError):
    """A tape that cannot be read; the message names file and line."""


class _Entry(msgspec.Struct, frozen=True):
    request: str = msgspec.field(name="asked")
    answer: ModelAnswer


def request_hash(request: ModelRequest) -> str:
    """Return the key of a request on a tape: its text, stop, limits, temperature, seed and tip index, no model name."""
    shape = [request.messages, request.text, request.stop, request.max_tokens, request.temperature]
    return content_hash([*shape, request.tip_index, request.seed])


class TapeClient:
    """Replays a JSONL tape; with `source` given, requests that are not on the tape are sent there and appended.

    Only `path` is written; answers of `fallback`, a tape that is stored elsewhere, are replayed too, and `path` wins.
    """

    def __init__(
        self,
        path: Path,
        on_send: OnSend,
        recorded: Model | None = None,
        source: ModelClient | None = None,
        fallback: Path | None = None,
    ) -> None:
        self._path, self._on_send, self._recorded, self._source = path, on_send, recorded, source
        self._answers = {**(_read(fallback) if fallback else {}), **_read(path)}

    @property
    def known(self) -> frozenset[str]:
        """Return the `request_hash` of every request that can be replayed."""
        return frozenset(self._answers)

    def concurrency(self, model: Model) -> int:
        """Return that of the source, or 1 if only replaying."""
        return self._source.concurrency(self._recorded or model) if self._source else 1

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the recorded answer, else the source's; misconfigured, naming the file, if there is neither."""
        key = request_hash(request)
        if key in self._answers:
            self._on_send(request.key)
            return msgspec.structs.replace(self._answers[key], replayed=True)
        if self._source is None:
            self._on_send(request.key)
            error = f"this is not on the tape {self._path.name}, and its source cannot be asked"
            return ModelAnswer(kind="misconfigured", error=error, fault="not on the tape", replayed=True)
        answer = await self._source.answer(msgspec.structs.replace(request, model=self._recorded or request.model))
        if answer.kind not in {"transient", "misconfigured"} and not answer.unclear:
            append_line(self._path, _Entry(key, answer))
            self._answers[key] = answer
        return answer

    async def close(self) -> None:
        """Close the source, if there is one."""
        if self._source:
            await self._source.close()


def _read(path: Path) -> dict[str, ModelAnswer]:
    if not path.exists():
        return {}
    answers = {}
    for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
        if line:
            try:
                entry = msgspec.json.decode(line, type=_Entry)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise TapeBroken(f"{path}:{number}: {error}; remove the line") from error
            answers[entry.request] = entry.answer
    return answers
