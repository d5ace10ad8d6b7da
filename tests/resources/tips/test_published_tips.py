"""The catalog as leaderboards give it: templates before the first, another one with each publication, never half."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest

from core.benchmark.spec import Options
from core.tips.selection import BoardCell, SelectionRule
from resources.bench_context import BenchContext
from resources.catalog.tips import read_templates
from resources.collect.launch import launch
from resources.home import Home
from resources.lake.specs import pinned_spec
from resources.steps.asset_steps import StepContext
from resources.steps.chain import BENCHMARK, run_chain
from resources.tips import published_tips
from resources.tips.boards import ReadBoard, read_board
from resources.tips.published_tips import PublishedTips, catalog_of

TEMPLATES = read_templates()
CELL = BoardCell("m", "p", 0.5, 0.4, None, 9, provisional=False, areas=frozenset(["sleep"]), data_hash="x")


def _publish(bench: BenchContext, name: str, *prompts: str) -> None:
    launch(bench, name, Options(prompts=prompts, n_tips=1), ("heuristics=program",), by_default=True)
    run_chain(StepContext(bench, "r"), pinned_spec(bench.home, name), BENCHMARK)


def test_a_publication_changes_the_catalog_without_a_restart(bench: BenchContext) -> None:
    """Templates serve until then; the same state again is the same object, and a damaged board changes nothing."""
    tips = PublishedTips(bench.home, SelectionRule(), TEMPLATES)
    assert tips.catalog is TEMPLATES
    assert not tips.refresh()
    _publish(bench, "tip-bench-first", "terse", "coach")
    assert tips.catalog is TEMPLATES
    assert tips.refresh()
    catalog = tips.catalog
    assert not tips.refresh()
    assert tips.catalog is catalog
    assert not catalog.fallback
    assert sorted(catalog.scores) == ["template/coach", "template/terse"]
    assert all(0.0 <= score <= 1.0 for score in catalog.scores.values())
    assert catalog.areas >= TEMPLATES.areas
    served = {tip.id for cell in catalog.cells for tip in cell.tips}
    assert catalog.templates < served
    assert {arm: (made.model.name, made.prompt.name) for arm, made in tips.makers.items()} == {
        f"template/{prompt}": ("template", prompt) for prompt in ("terse", "coach")
    }
    assert not catalog.is_fallback(served - catalog.templates)
    home = bench.home
    home.storage.blobs.put(home.key("tip-bench-first", "leaderboards", "manifest.json"), b"{")
    assert not tips.refresh()
    assert tips.catalog is catalog
    assert "tip-bench-first serves nothing" in tips.said()[1]
    anew = PublishedTips(home, SelectionRule(), TEMPLATES)
    assert anew.catalog is TEMPLATES
    assert "templates" in anew.said()[0]


@pytest.mark.parametrize(("most", "read_again"), [(published_tips.MOST_REMEMBERED, ["b"]), (0, ["a", "b"])])
def test_a_publication_reads_no_other_leaderboard(
    bench: BenchContext, monkeypatch: pytest.MonkeyPatch, most: int, read_again: list[str]
) -> None:
    """What did not change is remembered, as long as there are not too many tips; the catalog is that of all."""
    read = list[str]()

    def noting(home: Home, name: str, rule: SelectionRule) -> ReadBoard | None:
        read.append(name.removeprefix("tip-bench-"))
        return read_board(home, name, rule)

    monkeypatch.setattr(published_tips, "MOST_REMEMBERED", most)
    monkeypatch.setattr(published_tips, "read_board", noting)
    _publish(bench, "tip-bench-a", "terse")
    tips = PublishedTips(bench.home, SelectionRule(), TEMPLATES)
    assert not tips.catalog.fallback
    _publish(bench, "tip-bench-b", "coach")
    read.clear()
    assert tips.refresh()
    assert read == read_again
    assert tips.catalog == PublishedTips(bench.home, SelectionRule(), TEMPLATES).catalog


def test_several_that_need_the_catalog_at_once_get_the_same(bench: BenchContext) -> None:
    """The first reads it, the others wait for it."""
    _publish(bench, "tip-bench-once", "terse")
    tips = PublishedTips(bench.home, SelectionRule(leaderboards=("tip-bench-once",)), TEMPLATES)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: tips.catalog, range(4)))
    assert all(each is found[0] and not each.fallback for each in found)


@pytest.mark.parametrize(("writers", "stands_in"), [(1, True), (2, False)])
def test_templates_stand_in_where_fewer_than_two_cells_write(writers: int, stands_in: bool) -> None:
    """They are marked by id, so that a decision with one of them is a fallback; another area has templates alone."""
    tip = TEMPLATES.cells[0].tips[0]
    chosen = [replace(CELL, model=f"m{n}", areas=frozenset([tip.area])) for n in range(writers)]
    tips = {(cell.arm, cell.data_hash): [msgspec.structs.replace(tip, id=f"own-{cell.model}")] for cell in chosen}
    catalog = catalog_of(chosen, tips, TEMPLATES)
    ids = {each.id for cell in TEMPLATES.cells for each in cell.tips if each.area == tip.area}
    assert (ids <= catalog.templates) is stands_in
    assert ids.isdisjoint(catalog.templates) is not stands_in
    assert catalog.areas == TEMPLATES.areas
    assert catalog_of([], {}, TEMPLATES) is TEMPLATES


def test_a_template_cell_on_the_leaderboard_stays_one_arm() -> None:
    """It serves its judged tips, and its templates in areas where there are too few."""
    cell = replace(CELL, model="template", prompt="terse")
    tip = msgspec.structs.replace(TEMPLATES.cells[0].tips[0], id="own")
    catalog = catalog_of([cell], {(cell.arm, cell.data_hash): [tip]}, TEMPLATES)
    arms = [each.arm for each in catalog.cells]
    assert sorted(arms) == ["template/coach", "template/terse"]
    first = next(each for each in catalog.cells if each.arm == "template/terse")
    assert (first.tips[0], first.score) == (tip, 0.5)
