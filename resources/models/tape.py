"""A tape: answers recorded from another model, replayed by what was asked, for tests and offline work."""

from pathlib import Path

import msgspec

from contracts.benchmark.models import ModelAnswer, ModelClient, TipRequest
from core.benchmark.model import Model
from core.canonical import content_hash
from resources.lake.files import append_line
from resources.models.registry import OnSend


class TapeBroken(ValueError):
    """A tape that cannot be read; names file and line."""


class _Entry(msgspec.Struct, frozen=True):
    asked: str
    answer: ModelAnswer


def asked_hash(request: TipRequest) -> str:
    """What a tape is looked up by: the rendered text, stop, limits, temperature, seed and tip index; no model name."""
    shape = [request.messages, request.text, request.stop, request.max_tokens, request.temperature]
    return content_hash([*shape, request.tip_index, request.seed])


class TapeClient:
    """Replays a JSONL tape; with `source` given, what is not on the tape is asked there and appended.

    Only `path` is written; what `beside`, a tape that is kept elsewhere, holds is replayed too, and `path` wins.
    """

    def __init__(
        self,
        path: Path,
        on_send: OnSend,
        recorded: Model | None = None,
        source: ModelClient | None = None,
        beside: Path | None = None,
    ) -> None:
        self._path, self._on_send, self._recorded, self._source = path, on_send, recorded, source
        self._answers = {**(_read(beside) if beside else {}), **_read(path)}

    @property
    def known(self) -> frozenset[str]:
        """What can be replayed, by `asked_hash`."""
        return frozenset(self._answers)

    def concurrency(self, model: Model) -> int:
        """As many as the source bears; one when only replaying."""
        return self._source.concurrency(self._recorded or model) if self._source else 1

    async def answer(self, request: TipRequest) -> ModelAnswer:
        """Return the recorded answer, else the source's; misconfigured, naming the file, where there is neither."""
        asked = asked_hash(request)
        if asked in self._answers:
            self._on_send(request.key)
            return msgspec.structs.replace(self._answers[asked], replayed=True)
        if self._source is None:
            self._on_send(request.key)
            error = f"this is not on the tape {self._path.name}, and its source cannot be asked"
            return ModelAnswer(kind="misconfigured", error=error, fault="not on the tape", replayed=True)
        answer = await self._source.answer(msgspec.structs.replace(request, model=self._recorded or request.model))
        if answer.kind not in {"transient", "misconfigured"} and not answer.unclear:
            append_line(self._path, _Entry(asked, answer))
            self._answers[asked] = answer
        return answer

    async def close(self) -> None:
        """Close the source too."""
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
            except msgspec.DecodeError as error:
                raise TapeBroken(f"{path}:{number}: {error}; remove the line") from error
            answers[entry.asked] = entry.answer
    return answers
