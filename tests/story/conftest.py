"""A home, a project with a model server of its own, and the command line as people call it."""

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.ports import reserved_port
from tests.story.apple import SITE, Authority
from tests.story.browser import Browser, Tab, chromium
from wiring.cli import run_command_line

CLI = [sys.executable, "-c", "from wiring.cli import main; main()"]
DEADLINE_S = 240


@dataclass
class Server:
    """An OpenAI-compatible endpoint on the loopback interface; the model's name says how it behaves.

    `asked` counts requests by seed, which is the generation's own; `delay_s` is each answer's latency.
    """

    url: str = ""
    delay_s: float = 0.0
    broken: bool = False
    asked: Counter[int] = field(default_factory=Counter)
    most_at_once: int = 0
    at_once: int = 0
    picky: list[int] = field(default_factory=list)

    def _is_picked(self, seed: int) -> bool:
        """Whether this seed was the first, fourth, seventh … that `picky` was asked with."""
        if seed not in self.picky:
            self.picky.append(seed)
        return self.picky.index(seed) % 3 == 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One chat completion."""
        body = await request.json()
        self.asked[body["seed"]] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.delay_s)
        finally:
            self.at_once -= 1
        if self.broken:
            return web.json_response({"error": {"message": "overloaded"}}, status=503, headers={"Retry-After": "0"})
        if body["model"] == "picky" and self._is_picked(body["seed"]):
            return web.json_response({"error": {"message": "no"}}, status=400)
        text = f"Write three lines about step {body['seed'] % 997} before {body['seed'] % 12} and stop."
        usage = None if body["model"] == "silent" else {"prompt_tokens": 50, "completion_tokens": 12}
        message: dict[str, str | None] = {"role": "assistant", "content": text}
        if body["model"] == "refusing":
            message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
        return web.json_response({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server, ended with the test."""
    state = Server()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", state.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        state.url = f"http://127.0.0.1:{port}/v1"
        started.set()
        return runner

    runner = None

    def run() -> None:
        nonlocal runner
        asyncio.set_event_loop(loop)
        runner = loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    yield state
    assert runner is not None
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


@dataclass
class Result:
    """What a command said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Standard output as JSON, alone."""
        return json.loads(self.out)


@dataclass
class Project:
    """A project folder with its home; calling it runs `tipbench` as its process would, in this one."""

    folder: Path
    home: Path
    environ: dict[str, str]

    def __call__(self, *arguments: str, code: int | None = 0, **environ: str) -> Result:
        """Run a command in this process and hold it to its exit code; None lets any pass."""
        out, err = io.StringIO(), io.StringIO()
        before, folder, argv = dict(os.environ), Path.cwd(), sys.argv
        try:
            os.environ.clear()
            os.environ.update({**self.environ, **environ})
            os.chdir(self.folder)
            sys.argv = ["tipbench", *arguments]
            with redirect_stdout(out), redirect_stderr(err):
                found = run_command_line()
        finally:
            sys.argv = argv
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(before)
        said = f"{arguments}: {found}\n{out.getvalue()}\n{err.getvalue()}"
        assert code is None or found == code, said
        return Result(found, out.getvalue(), err.getvalue())

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command and leave it running."""
        return subprocess.Popen(
            [*CLI, *arguments],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def export(self, name: str, judge: str, number: int = 1) -> Path:
        """A judge's export folder."""
        return self.home / "exports" / name / judge / f"{number:03d}"


MODELS = """
[endpoints.local]
base_url = "{url}"
concurrency = 8
max_attempts = 2
timeout_s = 20

[[models]]
name = "plain"
provider = "openai"
endpoint = "local"
model = "plain"
price_in = 1.0
price_out = 2.0

[[models]]
name = "picky"
provider = "openai"
endpoint = "local"
model = "picky"

[[models]]
name = "silent"
provider = "openai"
endpoint = "local"
model = "silent"
price_in = 1.0
price_out = 2.0

[[models]]
name = "refusing"
provider = "openai"
endpoint = "local"
model = "refusing"

[endpoints.guarded]
base_url = "{url}"
key_env = "GUARDED_KEY"

[[models]]
name = "guarded"
provider = "openai"
endpoint = "guarded"
model = "plain"

[[models]]
name = "large-local"
provider = "openai"
endpoint = "local"
model = "plain"
local = true
parameters_b = 70

[[models]]
name = "unsized-local"
provider = "openai"
endpoint = "local"
model = "plain"
local = true
"""


@pytest.fixture(scope="session")
def used_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose databases exist, so that each story does not migrate them anew."""
    folder = tmp_path_factory.mktemp("used")
    environ = {**os.environ, "TIPBENCH_HOME": str(folder / "home")}
    arguments = ["run", "tip-bench-warm", "--models", "template", "--prompts", "terse", "--n-scenarios", "1"]
    subprocess.run([*CLI, *arguments], cwd=folder, env=environ, check=True, capture_output=True, timeout=DEADLINE_S)
    for part in ("lake", "exports", "keys"):
        shutil.rmtree(folder / "home" / part, ignore_errors=True)
    return folder / "home"


@pytest.fixture
def project(tmp_path: Path, used_home: Path, server: Server) -> Project:
    """A project whose models answer from the test's own server."""
    folder, home = tmp_path / "project", tmp_path / "home"
    (folder / "catalog").mkdir(parents=True)
    (folder / "tipbench.toml").write_text("")
    (folder / "catalog" / "models.toml").write_text(MODELS.replace("{url}", server.url))
    shutil.copytree(used_home, home)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("TIPBENCH", "MLFLOW"))}
    return Project(folder, home, {**environ, "TIPBENCH_HOME": str(home)})


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A certificate authority that the browser trusts."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def site_port() -> Iterator[int]:
    """Where the browser finds our site by its name."""
    with reserved_port() as port:
        yield port


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, authority: Authority, site_port: int) -> Iterator[Browser]:
    """One Chromium for all tests, which reaches loopback and, by its name, our site."""
    rules = f"MAP {SITE}:443 127.0.0.1:{site_port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    flags = (
        f"--host-resolver-rules={rules}",
        f"--proxy-bypass-list={SITE}",
        f"--ignore-certificate-errors-spki-list={authority.pin}",
    )
    with chromium(tmp_path_factory.mktemp("chromium"), flags) as running:
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    """A page that knows nothing of other tests' pages."""
    with browser.tab() as found:
        yield found
