"""How fast the panel is in Debian's Chromium, on a warm served home: paints, scripts, keys, scrolling, a run followed.

usage: python -m benchmarks.ui [--rounds N] [--only TASK …] [--home DIR]

Every page is opened without a cache. The home is made in a temporary folder, or in DIR, where it stays: an experiment
of 100 cells × 1,000 scenarios and a small one. The bare static page is the one that a sign-in link opens.
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.ui import measures
from benchmarks.ui.home import LARGE, Site, served
from tests.story.panel.pages import chromium

BOARD, TIPS = f"/experiments/{LARGE}/leaderboard", f"/experiments/{LARGE}/tips"
PAGES = {"launch": "/launch", "live": f"/experiments/{LARGE}", "leaderboard": BOARD, "tips": TIPS, "rounds": "/rounds"}
PAGES |= {"catalog": "/catalog", "admin": "/admin"}


def row(what: str, found: str, is_met: bool | None = None, goal: str = "") -> None:
    """Print one figure, beside its goal if it has one."""
    print(f"{what:44}{found:42}{goal} {'' if is_met is None else 'met' if is_met else 'MISSED'}".rstrip(), flush=True)


def spread(values: Iterable[float], unit: str) -> tuple[float, str]:
    """Return the median, and it with the least and the most as text."""
    seen = sorted(values)
    middle = statistics.median(seen)
    return middle, f"{middle:.0f} {unit} ({seen[0]:.0f} to {seen[-1]:.0f})"


def paint(site: Site, rounds: int) -> None:
    """First contentful paint of the experiments, and of a static page of the same server."""
    measures.first_paint(site, "/")
    bare, said = spread([measures.first_paint(site, "/auth/link") for _ in range(rounds)], "ms")
    row("static page, first paint", said)
    first, said = spread([measures.first_paint(site, "/") for _ in range(rounds)], "ms")
    row("experiments, first paint", f"{said}, {first / bare:.1f} x", first < 1_000, "1,000 ms")


def board(site: Site, rounds: int) -> None:
    """A leaderboard of 100 cells, until a click has sorted it."""
    measures.interactive(site)
    bare = statistics.median(measures.first_paint(site, "/auth/link") for _ in range(rounds))
    found = [measures.interactive(site) for _ in range(rounds)]
    ready, said = spread([each[0] for each in found], "ms")
    row("leaderboard of 100 cells, interactive", f"{said}, {ready / bare:.1f} x", ready < 1_500, "1,500 ms")
    row("of which CPU time of its main thread", spread([each[1] for each in found], "ms")[1])


def scripts(site: Site, _: int) -> None:
    """Bytes of script, compressed: of the first view, of what each page adds to it, and of the page of judges."""
    first = measures.scripts(site, "/")
    size = sum(first.values()) / 1_000
    row("script of the first view", f"{size:.0f} kB", size <= 200, "200 kB")
    for name, path in PAGES.items():
        own = sum(size for file, size in measures.scripts(site, path).items() if file not in first) / 1_000
        row(f"script of its own, {name}", f"{own:.0f} kB", own <= 120, "120 kB")
    judging = measures.scripts(site, "/judge", measures.invited(site, "bytes"))
    size = sum(judging.values()) / 1_000
    row("script of the page of judges", f"{size:.0f} kB", size <= 200, "200 kB")


def keys(site: Site, rounds: int) -> None:
    """From the key that completes an answer to the paint of the next item; the first one is not counted."""
    found = list(measures.key_presses(site, measures.invited(site, "keys"), rounds * 4 + 1))[1:]
    middle, said = spread(found, "ms")
    row("key press to the next item painted", f"{said} of {len(found)}", middle < 100, "100 ms")


def scroll(site: Site, rounds: int) -> None:
    """Frames a second while the list of 100,000 tips is scrolled, slowly and fast, and of a static page that moves."""
    _, said = spread([measures.moving(site, 5.0) for _ in range(rounds)], "frames/s")
    row("static page that moves", said)
    for step in (120, 1_200):
        found = [measures.scrolling(site, 5.0, step) for _ in range(rounds)]
        rate, said = spread([each.rate for each in found], "frames/s")
        slow = statistics.median(each.slow_ms for each in found)
        last = max(each.row for each in found)
        row(f"tips, {step} pixels a frame, to row {last:,}", f"{said}, p99 {slow:.0f} ms", rate >= 50, "50 frames/s")
        row("of which CPU time of the browser", f"{statistics.median(each.cpu_ms for each in found):.1f} ms a frame")


def live(site: Site, rounds: int) -> None:
    """Share of a core that the server takes during a run of 2,000 generations, with and without the live page."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for number in range(max(1, rounds // 2)):
        for watched in (False, True):
            name = f"tip-bench-followed-{os.getpid()}-{number}-{int(watched)}"
            spent, took = measures.run_cpu(site, name, watched=watched)
            taken[watched].append(spent / took * 100)
    alone, said = spread(taken[False], "% of a core")
    row("server, a run that nobody follows", said)
    followed, said = spread(taken[True], "% of a core")
    row("server, the same with the live page", said)
    row("of which the live page", f"{followed - alone:.1f} % of a core", followed - alone < 5, "5 %")


TASKS: dict[str, Callable[[Site, int], None]] = {
    "paint": paint,
    "board": board,
    "scripts": scripts,
    "keys": keys,
    "scroll": scroll,
    "live": live,
}


def main() -> None:
    """Print a line a figure, between the load averages before and after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="times each is measured; 5 by default")
    parser.add_argument("--only", nargs="+", choices=list(TASKS), default=list(TASKS), help="these alone")
    parser.add_argument("--home", type=Path, help="folder of a home that an earlier call made, or that this one makes")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as temporary,
        chromium(whole=True) as browser,
        served(given.home or Path(temporary), browser) as site,
    ):
        print(f"load average {os.getloadavg()[0]:.1f}, median of {given.rounds} and in brackets least and most")
        for name in given.only:
            TASKS[name](site, given.rounds)
        print(f"load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
