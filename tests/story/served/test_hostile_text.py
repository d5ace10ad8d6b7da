"""One planted tip, followed in Chromium through every page that an admin of a served home opens."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.story.peers.browser import SIGNAL, Tab
from tests.story.peers.up import running_up

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NAME = "tip-bench-hostile"
MARK = "planted-and-seen"
RUBRIC = """name = "r"
version = "1"
[scale]
low = 1
high = 5
[[criteria]]
name = "clear"
description = '''{hostile}'''
weight = 1
"""
AJAX = "/mlflow/ajax-api/2.0/mlflow"


class Canary(ThreadingHTTPServer):
    """Listens on loopback, where the browser would reach it, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.requested: list[str] = []
        self.page = ""
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        canary = self.server
        assert isinstance(canary, Canary)
        canary.requested.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(canary.page.encode() if self.path == "/page" else b"")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def canary() -> Iterator[Canary]:
    """A listener, ended with the test."""
    with Canary() as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def _hostile(canary: str, place: str) -> str:
    """Text that runs a script or asks the canary where it is taken for HTML or Markdown; it ends with the mark."""
    run = f"{SIGNAL}('{place}')"
    return (
        f"</script></style></textarea><script>{run};alert(1)</script>"
        f'<img src=x onerror="{run};alert(2)"><svg onload="{run}"></svg>'
        f'<img src="{canary}/{place}-img"><iframe src="{canary}/{place}-frame"></iframe>'
        f'<link rel=stylesheet href="{canary}/{place}-css"><a href="javascript:{run}">press</a> '
        f"![picture]({canary}/{place}-md) [press](javascript:{run}) [out]({canary}/{place}-link) {MARK}-{place}"
    )


def _short(canary: str, place: str) -> str:
    """The same for a name of at most 200 characters without a slash."""
    del canary
    return f"<img src=x onerror={SIGNAL}('{place}')>[press](javascript:{SIGNAL}('{place}')) {MARK}-{place}"


def _rows(canary: str) -> Iterator[dict[str, Any]]:
    for prompt in (_short(canary, "prompt"), "plain"):
        for number in range(3):
            yield {
                "model": f"{_short(canary, 'model')}![p]({canary}/model-md)",
                "prompt": prompt,
                "scenario_id": f"s{number}",
                "scenario": {"text": _hostile(canary, "scenario"), "area": _short(canary, "area"), "locale": "en"},
                "tip_index": 0,
                "text": _hostile(canary, "tip"),
                "scores": {"anna": {"clear": 3 + number % 2}},
            }


@pytest.fixture
def base(project: Any, tmp_path: Path, canary: Canary) -> Iterator[str]:
    """A served home whose one experiment is hostile in every text that is not held to a rule."""
    (tmp_path / "rubric.toml").write_text(RUBRIC.format(hostile=_hostile(canary.url, "rubric")))
    (tmp_path / "out.jsonl").write_text("".join(json.dumps(row) + "\n" for row in _rows(canary.url)))
    project.own_processes = True  # MLflow's notes where the mirror is
    project("adopt", NAME, str(tmp_path / "out.jsonl"), "--rubric", str(tmp_path / "rubric.toml"))
    project("mirror", NAME)
    with running_up(project) as up:
        yield f"http://127.0.0.1:{up.port}"


def _sign_in(project: Any, base: str, tab: Tab) -> None:
    secret = re.search(r"#(\S+)", project("link", "--port", base.rpartition(":")[2]).out)
    assert secret is not None
    tab.visit(f"{base}/auth/link#{secret[1]}")
    tab.press("Sign in")
    tab.until("location.pathname === '/'")


def _assert_inert(tab: Tab, base: str, canary: Canary, *, scripts: bool = True) -> None:
    """Nothing ran and nothing was asked elsewhere, whatever is shown; without `scripts` there is none to wait for."""
    if scripts:
        tab.settle()
    where = tab.ask("location.href")
    assert (tab.ran, tab.dialogs, tab.opened, canary.requested) == ([], [], [], []), where
    own = (base, "file:///", "data:", "blob:", "about:")
    assert [address for address in tab.requested.values() if not address.startswith(own)] == [], where


def _assert_text(tab: Tab, canary: Canary) -> None:
    """No element is shown that runs, links to or loads what the hostile text names: no policy was even needed."""
    wanted = f'[href^="javascript:"], [href^="{canary.url}"], [src^="{canary.url}"], [onerror], [onload]'
    live = f"[...document.querySelectorAll({json.dumps(wanted)})].map(each => each.outerHTML.slice(0, 300)).join()"
    assert (set(tab.ask_frames(live)), tab.blocked) == ({""}, []), tab.ask("location.href")


class Walk:
    """Opens pages one after the other and holds each to being inert once it shows a mark."""

    def __init__(self, tab: Tab, base: str, canary: Canary) -> None:
        self.tab, self.base, self.canary = tab, base, canary

    def __call__(self, path: str, *places: str, click: str | None = None, raw: bool = False) -> None:
        """Open a path of the server, or an address, and wait for the mark of each place; `raw` is shown as HTML.

        Where a mark shows only after a click, `click` is the expression that finds what to click.
        """
        self.tab.visit(path if path.startswith("file:") else self.base + path)
        if click:
            self.tab.click(click)
        for place in places:
            self.tab.until_seen(f"{MARK}-{place}")
        self.check(raw=raw)

    def check(self, *, raw: bool = False, scripts: bool = True) -> None:
        """Hold what is shown now to being inert; `raw` HTML by the page's policy, the rest by being text.

        Without `scripts` the page's policy lets none run, not even those of this walk.
        """
        _assert_inert(self.tab, self.base, self.canary, scripts=scripts)
        if raw:
            assert [address for address in self.tab.blocked if address.startswith(self.canary.url)]
            self.tab.blocked.clear()
        else:
            _assert_text(self.tab, self.canary)

    def posted(self, path: str, body: object) -> Any:
        """What a page of the server gets as an answer; asked once."""
        request = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
        answer = self.tab.ask(f"fetch({json.dumps(path)}, {json.dumps(request)}).then(answer => answer.json())")
        assert answer is not None, path
        return answer

    def got(self, path: str) -> Any:
        """The answer to a GET, asked again until it is there."""
        return self.tab.until(f"fetch({json.dumps(path)}).then(answer => answer.ok ? answer.json() : null)")


def _run_in_dagster(walk: Walk) -> None:
    """Ask for one run, as a command records what it made without any, and look until it has ended well."""
    mutation = f'mutation {{ rematerialize(experiment: "{NAME}", from: JUDGE_SCORES) {{ __typename }} }}'
    assert "errors" not in walk.posted("/graphql", {"query": mutation})
    query = json.dumps({"query": f'{{ runs(experiment: "{NAME}") {{ nodes {{ status }} }} }}'})
    request = json.dumps({"method": "POST", "headers": {"Content-Type": "application/json"}, "body": query})
    ended = "answer.data.runs.nodes.some(run => run.status === 'success')"
    walk.tab.until(f"fetch('/graphql', {request}).then(answer => answer.json()).then(answer => {ended})")


def _walk_dagit(walk: Walk) -> None:
    for asset in ("candidates", "leaderboards"):
        walk(f"/dagster/assets/{asset}?partition={NAME}&view=partitions", "model")
    walk("/dagster/runs")
    walk.tab.until_seen(NAME)
    row = "[...document.querySelectorAll('tr')].find(row => row.cells[0].innerText.trim() === 'leaderboard')"
    row += "?.querySelector('a')"
    query = "{runsOrError(limit: 50) {... on Runs {results {id assetMaterializations {partition assetKey {path}}}}}}"
    for run in walk.posted("/dagster/graphql", {"query": query})["data"]["runsOrError"]["results"]:
        if {"partition": NAME, "assetKey": {"path": ["leaderboards"]}} in run["assetMaterializations"]:
            walk(f"/dagster/runs/{run['id']}", "model", click=row)


def _walk_mlflow(walk: Walk, home: Path) -> None:
    walk("/mlflow/")
    walk.tab.until_seen("Experiments")
    walk.tab.settle()
    assert "usage data" not in walk.tab.sight()
    assert walk.tab.ask('localStorage.getItem("mlflow.telemetry.info.alert.dismissed_v1")') == "true"
    found = walk.got(f"{AJAX}/experiments/get-by-name?experiment_name={NAME}")["experiment"]["experiment_id"]
    runs = [run["info"] for run in walk.posted(f"{AJAX}/runs/search", {"experiment_ids": [found]})["runs"]]
    (parent,) = (run["run_id"] for run in runs if run["run_name"] == NAME)
    cell = next(run["run_id"] for run in runs if f"{MARK}-prompt" in run["run_name"])
    (files,) = home.glob(f"mlflow/artifacts/{NAME}/{parent}/artifacts")
    (files / "raw.html").write_text(_hostile(walk.canary.url, "raw"))
    page = f"/mlflow/#/experiments/{found}/runs"
    walk(page)
    walk.tab.click("document.querySelector('.ag-cell button')")
    walk.tab.until_seen(f"{MARK}-model")
    walk.check()
    walk(f"{page}/{cell}", "model", "prompt")
    walk(f"{page}/{cell}/artifacts/candidates.json", "tip")
    walk(f"{page}/{parent}/artifacts/leaderboard.csv", "model")
    walk(f"{page}/{parent}/artifacts/report.html", "model", "scenario", "tip")
    walk(f"{page}/{parent}/artifacts/raw.html", "raw", raw=True)
    for name in ("report.html", "raw.html"):
        walk(f"/mlflow/get-artifact?path={name}&run_uuid={parent}")
        walk.tab.until_downloaded()
        assert walk.tab.downloads.pop().endswith(f"path={name}&run_uuid={parent}")


def _walk_graphiql(walk: Walk) -> None:
    editor = "document.querySelector('.graphiql-query-editor .CodeMirror')"
    query = f'{{ candidates(experiment: "{NAME}", first: 1) {{ nodes {{ model prompt area text }} }} }}'
    walk("/graphiql/")
    walk.tab.act(f"{editor}", f"found.CodeMirror.setValue({json.dumps(query)})")
    walk.tab.until(f"{editor}.CodeMirror.getValue() === {json.dumps(query)}")
    walk.tab.click("document.querySelector('.graphiql-execute-button')")
    walk.tab.until(f"document.querySelector('.result-window').innerText.includes('{MARK}-tip')")
    walk.check()


def test_a_page_that_is_not_inert_is_noticed(tab: Tab, canary: Canary) -> None:
    """The same text as HTML runs, opens a dialog and asks the canary: what the walk rests on."""
    canary.page = _hostile(canary.url, "here")
    tab.visit(f"{canary.url}/page")
    tab.until_seen(f"{MARK}-here")
    tab.settle()
    assert (set(tab.ran), set(tab.dialogs)) == ({"here"}, {"1", "2"})
    assert {"/here-img", "/here-frame", "/here-css"} <= set(canary.requested)
    with pytest.raises(AssertionError):
        _assert_text(tab, canary)


def test_a_planted_tip_is_text_on_every_page(project: Any, base: str, tab: Tab, canary: Canary) -> None:
    """Panel, report, Dagit, MLflow and GraphiQL show it, and run, link to and load nothing from elsewhere."""
    walk = Walk(tab, base, canary)
    (report,) = project.home.glob(f"lake/{NAME}/leaderboards/*/report.html")
    walk(report.as_uri(), "model", "prompt", "scenario", "tip")
    _sign_in(project, base, tab)
    walk(f"/experiments/{NAME}", "model", "prompt")
    walk(f"/experiments/{NAME}/leaderboard", "model", "prompt")
    walk("/")
    tab.click("document.querySelector('a[href^=\"/api/bench/report/\"]')")
    tab.until_seen(f"{MARK}-tip")
    walk.check(scripts=False)
    tab.call("Page.navigate", url=f"{base}/mlflow/")
    _walk_graphiql(walk)
    _run_in_dagster(walk)
    _walk_dagit(walk)
    _walk_mlflow(walk, project.home)
