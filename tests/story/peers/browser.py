"""Chromium over its DevTools protocol: opens pages, asks them, acts once, and keeps what they asked of whom and ran."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.deadline import DEADLINE_S

SIGNAL = "ranHere"
"""A function that every page has, in every frame; who calls it from hostile text has run a script."""

FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=IsolateSandboxedIframes,IsolateOrigins,SitePerProcess",
    "--proxy-server=127.0.0.1:9",
    "--remote-debugging-port=0",
)
"""Nothing but loopback is reached: no name is looked up, and an address goes to a proxy that is not there. Frames share
the page's process, so that all that they do is kept too."""

SIZE = {"width": 1400, "height": 4000}
"""So high that lists which show only what is in sight show all."""

SIGHT = """
[document.body ? document.body.innerText : "", ...[...document.querySelectorAll("input, textarea")].map(e => e.value)]
.join("\\n")
"""

NAMED = """
(() => {
  const named = each => each.innerText && each.innerText.trim() === NAME;
  const found = [...document.querySelectorAll("body *")].filter(named);
  return found.find(each => each.matches("button, a, summary, [role=tab], [role=button]"))
    || found.find(each => ![...each.children].some(named));
})()
"""
"""The first control, or else innermost element, with this text."""

LOADED = "document.readyState === 'complete' && [...document.images].every(each => each.complete)"
IDLE = "new Promise(done => requestIdleCallback(() => requestIdleCallback(() => done(true))))"
"""True once the page had nothing to do, twice."""


@dataclass
class Tab:
    """One page of a browser; all that is kept is of everything that the tab has shown so far."""

    socket: ClientConnection
    requested: dict[str, str] = field(default_factory=dict)
    """Addresses that pages loaded or tried to, by request."""
    blocked: list[str] = field(default_factory=list)
    """Those of them that a page's own policy forbade; they are no longer in `requested`."""
    failed: list[str] = field(default_factory=list)
    """Answers from 400 on, and exceptions of the pages' own scripts."""
    dialogs: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)
    """What scripts told SIGNAL."""
    downloads: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    """Addresses of windows that pages opened."""
    console: list[str] = field(default_factory=list)
    """Warnings and errors of pages and of the browser, whatever they are about."""
    _sent: int = 0

    def prepare(self) -> None:
        """Begin to keep; called once."""
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Runtime.addBinding", name=SIGNAL)
        self.call("Emulation.setDeviceMetricsOverride", **SIZE, deviceScaleFactor=1, mobile=False)

    def _send(self, method: str, params: dict[str, Any]) -> int:
        self._sent += 1
        self.socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        return self._sent

    def _answer(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        number = self._send(method, params)
        deadline = time.monotonic() + DEADLINE_S
        while True:
            message = json.loads(self.socket.recv(timeout=max(0.1, deadline - time.monotonic())))
            if message.get("id") == number:
                found: dict[str, Any] = message
                return found
            self._keep(message.get("method", ""), message.get("params", {}))

    def call(self, method: str, **params: Any) -> Any:
        """The result of one DevTools command; what happens meanwhile is kept."""
        message = self._answer(method, params)
        assert "error" not in message, (method, message["error"])
        return message["result"]

    def _keep(self, event: str, params: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requested[params["requestId"]] = params["request"]["url"]
        elif event == "Network.loadingFailed" and params.get("blockedReason") == "csp":
            self.blocked.append(self.requested.pop(params["requestId"], ""))
        elif event == "Network.responseReceived" and params["response"]["status"] >= 400:
            self.failed.append(f"{params['response']['status']} {params['response']['url']}")
        elif event == "Runtime.exceptionThrown":
            self.failed.append(json.dumps(params["exceptionDetails"])[:500])
        elif event == "Log.entryAdded" and params["entry"]["level"] in {"warning", "error"}:
            self.console.append(params["entry"]["text"])
        elif event == "Runtime.consoleAPICalled" and params["type"] in {"warning", "error", "assert"}:
            self.console.append(json.dumps(params["args"])[:500])
        elif event == "Runtime.bindingCalled" and params["name"] == SIGNAL:
            self.ran.append(params["payload"])
        elif event == "Page.javascriptDialogOpening":
            self.dialogs.append(params["message"])
            self._send("Page.handleJavaScriptDialog", {"accept": False})
        elif event == "Page.windowOpen":
            self.opened.append(params["url"])
        elif event in {"Page.downloadWillBegin", "Browser.downloadWillBegin"}:
            self.downloads.append(params["url"])

    def visit(self, address: str) -> None:
        """Go there, by way of an empty page, so that what is seen next is of this address."""
        self.call("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")
        self.call("Page.navigate", url=address)

    def ask(self, expression: str, *, awaited: bool = True) -> Any:
        """The value of a JavaScript expression, awaited; None when the page goes away or the expression throws."""
        given = {"expression": expression, "returnByValue": True, "awaitPromise": awaited}
        message = self._answer("Runtime.evaluate", given)
        return message.get("result", {}).get("result", {}).get("value")

    def settle(self) -> None:
        """Wait until the page and its images are loaded, or have failed to, and its scripts have nothing to do."""
        self.until(LOADED)
        self.until(IDLE)

    def until(self, expression: str) -> Any:
        """The expression's value, asked again until it is true."""
        return self._until(lambda: self.ask(expression), expression)

    def until_seen(self, wanted: str) -> None:
        """Wait until the page or a frame or field of it shows this text."""
        self._until(lambda: wanted in self.sight(), wanted)

    def until_downloaded(self) -> None:
        """Wait until a download has begun: the browser says so after the page's own events."""
        self._until(lambda: self.ask("true") and self.downloads, "a download")

    def _until(self, look: Callable[[], Any], wanted: str) -> Any:
        deadline = time.monotonic() + DEADLINE_S
        while not (found := look()):
            if time.monotonic() > deadline:
                where = self.ask("location.href")
                raise AssertionError(f"{where}: not seen in time: {wanted}\n{self.failed}\n{self.sight()[:3_000]}")
            time.sleep(0.05)
        return found

    def sight(self) -> str:
        """The text that the page, its frames and its fields show now."""
        return "\n".join(str(seen or "") for seen in self.ask_frames(SIGHT))

    def ask_frames(self, expression: str) -> list[Any]:
        """The value of an expression in the page and in each of its frames, sandboxed ones too; scripts see nothing."""
        found = []
        waiting = [self.call("Page.getFrameTree")["frameTree"]]
        while waiting:
            tree = waiting.pop(0)
            waiting += tree.get("childFrames", [])
            world = self._answer("Page.createIsolatedWorld", {"frameId": tree["frame"]["id"]})
            given = {"expression": expression, "returnByValue": True}
            given["contextId"] = world.get("result", {}).get("executionContextId", 0)
            message = self._answer("Runtime.evaluate", given)
            found.append(message.get("result", {}).get("result", {}).get("value"))
        return found

    def press(self, name: str) -> None:
        """Click the control with this text, once, as soon as it is there and enabled."""
        self.click(NAMED.replace("NAME", json.dumps(name)))

    def click(self, element: str) -> None:
        """Click what an expression finds, once, as soon as it is there and enabled."""
        self.act(element, "found.click()")

    def act(self, element: str, deed: str) -> None:
        """Evaluate `deed` once with `found`, what an expression finds, as soon as that is there and enabled.

        The evaluation answers false where the element has gone since it was seen: nothing was done, and it is waited
        for again. After any other answer nothing is done a second time; raise AssertionError unless it says true.
        """
        done = False
        while done is False:
            self.until(f"(found => !!found && !found.disabled)({element})")
            acting = f"(found => found && !found.disabled ? ({deed}, true) : false)({element})"
            done = self.ask(acting, awaited=False)
        assert done is True, f"{self.ask('location.href')}: not known to be done: {deed} with {element}"


@dataclass
class Browser:
    """A running Chromium, whose tabs know nothing of each other."""

    port: int
    socket: ClientConnection
    _sent: int = 0

    @contextmanager
    def tab(self) -> Iterator[Tab]:
        """A page without cookies, cache and storage of any other, closed with the block."""
        context = self._call("Target.createBrowserContext")["browserContextId"]
        target = self._call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        try:
            with _connected(f"ws://127.0.0.1:{self.port}/devtools/page/{target}") as socket:
                tab = Tab(socket)
                tab.prepare()
                yield tab
        finally:
            self._call("Target.disposeBrowserContext", browserContextId=context)

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        self._sent += 1
        self.socket.send(json.dumps({"id": self._sent, "method": method, "params": params}))
        while (message := json.loads(self.socket.recv(timeout=DEADLINE_S))).get("id") != self._sent:
            pass
        assert "error" not in message, message
        found: dict[str, Any] = message["result"]
        return found


def browser_program(whole: bool = False) -> str:
    """Path of Debian's Chromium: its headless shell, which needs half the time, or the `whole` of it.

    The shell shows no notifications, and says nothing of downloads over the protocol without a folder for them.
    """
    shell = None if whole else shutil.which("chromium-headless-shell")
    program = shell or shutil.which("chromium")
    assert program is not None, "the browser tests need chromium"
    return program


def _connected(address: str) -> ClientConnection:
    return connect(address, max_size=None, compression=None, proxy=None, open_timeout=DEADLINE_S, ping_interval=None)


@contextmanager
def chromium(profile: Path, flags: Sequence[str] = ()) -> Iterator[Browser]:
    """A fresh browser with a profile folder of its own, ended with the block; a later flag overrides an earlier one."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [browser_program(whole=True), *FLAGS, *as_root, *flags, f"--user-data-dir={profile}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port, path = _place_of(process, profile / "DevToolsActivePort")
        with _connected(f"ws://127.0.0.1:{port}{path}") as socket:
            yield Browser(port, socket)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(DEADLINE_S)
        process.kill()
        process.wait(DEADLINE_S)


def _place_of(process: "subprocess.Popen[bytes]", port_file: Path) -> tuple[int, str]:
    """Port and path of the browser's own endpoint, once it has written them."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        assert process.poll() is None, "chromium ended by itself"
        assert time.monotonic() < deadline, "chromium does not listen"
        with suppress(OSError, ValueError):
            port, path = port_file.read_text().split()
            return int(port), path
        time.sleep(0.05)
