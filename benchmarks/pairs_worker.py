"""One side of benchmarks.pairs: does what it is told, in whatever checkout it runs, and prints the CPU time it took.

usage: python -P benchmarks/pairs_worker.py FOLDER URL, in a checkout that is on PYTHONPATH too; then a line a task.

It uses only what the older checkout has under the same names, and each checkout's own benchmarks.server.gateway.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.server.gateway import HOST, built
from core.benchmark.spec import Options, Spec
from resources.adoption.adopt import adopt
from resources.adoption.options import AdoptOptions
from resources.bench_context import BenchContext
from resources.collect.collecting_run import collect_experiment
from resources.collect.judges import record_judges
from resources.collect.launch import launch
from resources.judging.import_export import export_pending, take_scores
from resources.lake.experiments import list_experiments
from resources.scoring.computing import compute
from resources.scoring.publishing import publish_leaderboard
from wiring.bench_context import build_bench_context
from wiring.settings import read_settings

CALLS, ROWS = 300, 10_000
MODELS = """
[endpoints.bench]
base_url = "{url}"

[[models]]
name = "bench"
provider = "openai"
endpoint = "bench"
model = "bench"
"""


@contextmanager
def silent(_label: str, _total: int) -> Iterator[Callable[..., None]]:
    """Show no progress."""
    yield lambda *_: None


class Work:
    """The tasks over one home; each returns the CPU seconds that it took, of all threads."""

    def __init__(self, folder: Path, url: str) -> None:
        (folder / "catalog").mkdir(parents=True)
        (folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", url))
        (folder / "tipbench.toml").write_text("")
        settings = read_settings({"TIPBENCH_HOME": str(folder / "home")}, folder, None)
        self._bench: BenchContext = build_bench_context(settings, silent)
        self._folder, self._numbers = folder, count()
        self._spec: Spec | None = None

    def collect(self) -> float:
        """2,000 generations from the endpoint to Parquet."""
        options = Options(models=("bench",), prompts=("terse",), n_scenarios=50, n_tips=40)
        name = f"tip-bench-collect-{next(self._numbers)}"

        def act() -> None:
            spec = launch(self._bench, name, options, by_default=True)
            if collect_experiment(self._bench, spec, run_id="r", accept=False).left:
                raise RuntimeError("not everything was collected")

        return spent(act)

    def adopt(self) -> float:
        """10,000 outputs of four cells, whose texts all differ."""
        name = f"tip-bench-adopted-{next(self._numbers)}"
        file = self._folder / "outputs.jsonl"
        rows = [
            {
                "model": f"m{n % 2}",
                "prompt": f"p{n // 2 % 2}",
                "scenario_id": f"s{n // 4 % 100}",
                "scenario": "It rains.",
                "tip_index": n // 400,
                "text": f"Take walk {n} and write down what you saw.",
            }
            for n in range(ROWS)
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        done: list[Spec] = []
        seconds = spent(lambda: done.append(adopt(self._bench, name, [file], AdoptOptions(), None).spec))
        self._spec = done[0]
        record_judges(self._bench, name, ["anna=human"])
        return seconds

    def export(self) -> float:
        """A folder of 10,000 items for one judge, of what was adopted last."""
        return spent(lambda: export_pending(self._bench, self._adopted()))

    def take(self) -> float:
        """The import of 10,000 answers of five criteria."""
        spec = self._adopted()
        folder = self._bench.home.root / "exports" / spec.experiment / "anna" / "001"
        items = [json.loads(line)["item"] for line in (folder / "items.jsonl").read_text().splitlines()]
        file = self._bench.home.inbox(spec.experiment) / "scores.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            {
                "item": item,
                "rubric": spec.rubric.ref,
                "scores": {
                    name: 1 if name == "keeps_limits" else 1 + (n * 7 + place) % 5
                    for place, name in enumerate(spec.rubric.names)
                },
            }
            for n, item in enumerate(items)
        ]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))

        def act() -> None:
            if not take_scores(self._bench, spec).accepted:
                raise RuntimeError("nothing was accepted")

        return spent(act)

    def publish(self) -> float:
        """The publication of their leaderboard, with slices, plot and report."""
        return spent(lambda: publish_leaderboard(self._bench, self._adopted()))

    def board(self) -> float:
        """The leaderboard by that judge, computed and not published."""
        return spent(lambda: compute(self._bench, self._adopted(), "anna"))

    def experiments(self) -> float:
        """The list of experiments, a hundred times."""
        return spent(lambda: [list_experiments(self._bench.home) for _ in range(100)])

    def _adopted(self) -> Spec:
        if self._spec is None:
            raise RuntimeError("adopt first")
        return self._spec


def spent(act: Callable[[], object]) -> float:
    """Return the CPU seconds of this process, all threads counted, that `act` takes."""
    before = time.process_time()
    act()
    return time.process_time() - before


class Served:
    """The endpoints in process, as a client's requests reach them behind the edge; CPU seconds of 300 of a kind."""

    def __init__(self, app: Any, token: str) -> None:
        self._app, self._token, self._loop = app, token, asyncio.new_event_loop()
        self._numbers = count()

    def me(self) -> float:
        """GraphQL `{me {…}}`."""
        return self._many("POST", "/graphql", lambda _: {"query": "{me{__typename}}"})

    def listed(self) -> float:
        """GraphQL's list of experiments."""
        query = "{experiments(first:20){edges{node{name state nCells coverage}}}}"
        return self._many("POST", "/graphql", lambda _: {"query": query})

    def home(self) -> float:
        """`GET /v1/home`, every section filled."""
        return self._many("GET", "/v1/home", None)

    def profile(self) -> float:
        """`PUT /v1/profile`, each another name, committed and synced."""
        body = {"locale": "en", "preferences": {}}
        return self._many("PUT", "/v1/profile", lambda n: {**body, "name": f"Ada {n}"}, ((b"if-match", b"*"),))

    def _many(self, method: str, path: str, body: Callable[[int], Any] | None, more: Any = ()) -> float:
        async def act() -> None:
            for _ in range(CALLS):
                sent = json.dumps(body(next(self._numbers))).encode() if body else b""
                await self._ask(method, path, sent, more)

        return spent(lambda: self._loop.run_until_complete(act()))

    async def _ask(self, method: str, path: str, sent: bytes, more: Any) -> None:
        statuses, answer = list[int](), bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            answer.extend(message.get("body", b""))

        headers = [(b"host", HOST.encode()), (b"authorization", f"Bearer {self._token}".encode())]
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(sent)).encode()), *more]
        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "root_path": ""}
        scope |= {"scheme": "http", "query_string": b"", "headers": headers, "http_version": "1.1"}
        await self._app({**scope, "client": ("127.0.0.1", 1), "server": ("x", 80)}, receive, send)
        if statuses != [200] or b'"errors"' in answer:
            raise RuntimeError(f"{method} {path}: {statuses} {bytes(answer[:300])!r}")


def main() -> None:
    """Answer each line of the input, the name of a task, with its CPU seconds."""
    folder = Path(sys.argv[1])
    work = Work(folder, sys.argv[2])
    with built(folder / "home") as (app, token, *_):
        served = Served(app, token)
        for line in sys.stdin:
            task = line.strip()
            print(getattr(served if hasattr(served, task) else work, task)(), flush=True)  # the answer


if __name__ == "__main__":
    main()
