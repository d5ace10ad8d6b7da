"""What is measured of a page, each in the page's own clock where that can be."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from benchmarks.ui.home import CRITERIA, LARGE, SMALL, Site

FCP = """() => new Promise(done => new PerformanceObserver(list => {
  for (const entry of list.getEntriesByName('first-contentful-paint')) done(entry.startTime);
}).observe({type: 'paint', buffered: true}))"""
SCRIPTS = """() => performance.getEntriesByType('resource').filter(each => new URL(each.name).pathname.endsWith('.js'))
  .map(each => [new URL(each.name).pathname, each.encodedBodySize])"""
SORTED = """async () => {
  const board = text => document.querySelectorAll(`table.board ${text}`);
  const head = () => [...board('th button.sort')].find(each => each.textContent.startsWith('Cell'));
  const frame = () => new Promise(requestAnimationFrame);
  while (board('tbody tr').length < 100) await frame();
  head().click();
  while (head().closest('th').ariaSort === null) await frame();
  await frame();
  return performance.now();
}"""
PAINTS = """() => {
  window.paints = [];
  let key = 0;
  document.addEventListener('keydown', event => { key = event.timeStamp; }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.paints.push(performance.now() - key);
    port2.postMessage(null);
  })).observe(document.querySelector('h1'), {characterData: true, childList: true, subtree: true});
}"""
SHOWN = """async count => {
  while (window.paints.length <= count) await new Promise(requestAnimationFrame);
}"""
SCROLL = """async ([seconds, step]) => {
  const box = document.querySelector('.scroll.tips'), times = [];
  const begun = performance.now();
  while (performance.now() - begun < seconds * 1000) {
    times.push(await new Promise(requestAnimationFrame));
    box.scrollTop += step;
  }
  const gaps = times.slice(1).map((time, place) => time - times[place]).sort((a, b) => a - b);
  const rate = gaps.length / (times.at(-1) - times[0]) * 1000;
  return [rate, gaps[Math.floor(gaps.length * 0.99)], box.querySelector('li').ariaPosInSet | 0];
}"""
IDLE = """async seconds => {
  const begun = performance.now();
  let frames = 0;
  while (performance.now() - begun < seconds * 1000) {
    await new Promise(requestAnimationFrame);
    document.body.style.marginTop = `${++frames % 100}px`;
  }
  return frames / (performance.now() - begun) * 1000;
}"""
INVITE = """mutation($judge: String!) { inviteUser(role: JUDGE, judge: $judge) {
  ... on Invitation { signInPath } ... on Failure { message } } }"""
OPEN = """mutation($experiment: String!, $judge: String!) { openJudgeRound(experiment: $experiment, judge: $judge) {
  ... on JudgeRound { id } ... on Failure { message } } }"""
ROUND = "query($round: String!) { judgeRound(round: $round) { state } }"
LAUNCH = """mutation($input: LaunchInput!) { launchBenchmark(input: $input) {
  ... on Launch { runId } ... on Failure { message } } }"""
RUNS = "query($name: String!) { runs(experiment: $name, first: 1) { nodes { status outcome done } } }"
GENERATIONS = 2_000


def first_paint(site: Site, path: str) -> float:
    """Milliseconds from the navigation to the first contentful paint, as the browser notes it."""
    with site.page() as page:
        page.goto(f"{site.base}{path}", wait_until="load")
        return float(page.evaluate(FCP))


def interactive(site: Site) -> tuple[float, float]:
    """Milliseconds from the navigation until the board has its hundred rows and a click has sorted them.

    The second is the CPU time that the page's main thread took until then, in milliseconds.
    """
    with site.page() as page:
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(f"{site.base}/experiments/{LARGE}/leaderboard", wait_until="commit")
        took = float(page.evaluate(SORTED))
        found = {each["name"]: each["value"] for each in devtools.send("Performance.getMetrics")["metrics"]}
        return took, found["TaskDuration"] * 1_000


def scripts(site: Site, path: str, state: Any = None) -> dict[str, int]:
    """Bytes of each script that a page loads, compressed as they came."""
    with site.page(state) as page:
        page.goto(f"{site.base}{path}")
        expect(page.locator("h1").first).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        return dict(page.evaluate(SCRIPTS))


def invited(site: Site, judge: str) -> Any:
    """Return the cookies of a judge of this call, for whom a round is opened."""
    judge = f"{judge}-{os.getpid()}"
    with site.page() as page:
        page.goto(f"{site.base}/")
        opened = site.ask(page, OPEN, experiment=SMALL, judge=judge)["openJudgeRound"]["id"]
        until(lambda: site.ask(page, ROUND, round=opened)["judgeRound"]["state"] == "open")
        path = site.ask(page, INVITE, judge=judge)["inviteUser"]["signInPath"]
    with site.browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.base}{path}")
        page.get_by_role("button", name="Accept and sign in").click()
        page.wait_for_url(f"{site.base}/judge")
        return context.storage_state()


def key_presses(site: Site, state: Any, count: int) -> Iterator[float]:
    """Yield milliseconds from the key that completes an answer to the paint of the next item, as often as said."""
    with site.page(state) as page:
        page.goto(f"{site.base}/judge")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_contain_text("Item ")
        page.evaluate(PAINTS)
        for number in range(count):
            for _ in CRITERIA:
                page.keyboard.press("4")
            page.evaluate(SHOWN, number)
        yield from page.evaluate("window.paints")


@dataclass(frozen=True)
class Scrolled:
    """How a list was scrolled: frames a second, the 99th percentile of a frame, CPU time a frame, and how far."""

    rate: float
    slow_ms: float
    cpu_ms: float
    """Of all processes of the browser."""
    row: int


def scrolling(site: Site, seconds: float, step: int) -> Scrolled:
    """Scroll the list of tips for so long by so many pixels a frame."""
    with site.page() as page:
        page.goto(f"{site.base}/experiments/{LARGE}/tips")
        page.locator(".scroll.tips li").first.wait_for()
        page.wait_for_load_state("networkidle")
        before = browser_cpu_s()
        rate, slow, row = page.evaluate(SCROLL, [seconds, step])
        return Scrolled(rate, slow, (browser_cpu_s() - before) * 1_000 / (rate * seconds), row)


def browser_cpu_s() -> float:
    """Seconds of CPU time of the browser's processes, which are those of Chromium that this process began."""
    parents: dict[int, int] = {}
    spent: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            text = stat.read_text()
            fields = text.rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
            if "(chrom" in text:
                spent[int(stat.parent.name)] = int(fields[11]) + int(fields[12])
    return sum(ticks for one, ticks in spent.items() if _is_below(one, os.getpid(), parents)) / os.sysconf("SC_CLK_TCK")


def _is_below(process: int, other: int, parents: dict[int, int]) -> bool:
    while process in parents:
        process = parents[process]
        if process == other:
            return True
    return False


def moving(site: Site, seconds: float) -> float:
    """Return the frames a second of the static page while it moves by a pixel each: what the machine gives."""
    with site.page() as page:
        page.goto(f"{site.base}/auth/link")
        return float(page.evaluate(IDLE, seconds))


def run_cpu(site: Site, name: str, *, watched: bool) -> tuple[float, float]:
    """Return CPU seconds of the server during a run of 2,000 generations, and how long it ran; raise if it failed."""
    given = {"experiment": name, "models": ["bench"], "prompts": ["terse", "coach"], "nScenarios": 50, "nTips": 20}
    with site.page() as page:
        launched = site.ask(page, LAUNCH, input=given)["launchBenchmark"]
        if "message" in launched:
            raise RuntimeError(launched["message"])
        if watched:
            page.goto(f"{site.base}/experiments/{name}")
        until(lambda: _run(site, page, name)["status"] == "running")
        cpu, begun = site.cpu_s(), time.perf_counter()
        until(lambda: _run(site, page, name)["status"] != "running")
        spent, took = site.cpu_s() - cpu, time.perf_counter() - begun
        run = _run(site, page, name)
        if run["done"] != GENERATIONS:
            raise RuntimeError(f"{name} ended as {run}")
        return spent, took


def _run(site: Site, page: Page, name: str) -> Any:
    return site.ask(page, RUNS, name=name)["runs"]["nodes"][0]


def until(holds: Callable[[], bool]) -> None:
    """Look every half second; raise RuntimeError after ten minutes."""
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.5)
    raise RuntimeError("it did not happen")
