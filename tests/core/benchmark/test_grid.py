from collections.abc import Callable

from core.benchmark.grid import expected, grid, request_seed
from core.benchmark.spec import Spec


def test_the_grid_is_complete_unique_and_in_order(make_spec: Callable[..., Spec]) -> None:
    """Every (cell, scenario, tip) occurs once, in that order, under its own key."""
    spec = make_spec()
    generations = list(grid(spec))
    places = [(g.cell, g.scenario, g.tip_index) for g in generations]
    assert places == sorted(places)
    assert len(generations) == expected(spec) == len({g.key for g in generations}) == 12


def test_growing_keeps_the_keys_of_what_was_there(make_spec: Callable[..., Spec]) -> None:
    """More tips, more cells or another experiment name leave the keys of equal generations as they are."""
    small = {(g.cell, g.scenario, g.tip_index): g.key for g in grid(make_spec())}
    grown = {(g.cell, g.scenario, g.tip_index): g.key for g in grid(make_spec(experiment="tip-bench-b", n_tips=5))}
    assert small.items() <= grown.items()


def test_what_shapes_an_answer_changes_every_key(make_spec: Callable[..., Spec]) -> None:
    """Another seed or temperature shares no key."""
    keys = {g.key for g in grid(make_spec())}
    for change in ({"seed": 8}, {"temperature": 0.6}):
        assert keys.isdisjoint(g.key for g in grid(make_spec(**change)))


def test_request_seeds_are_31_bit_and_differ(make_spec: Callable[..., Spec]) -> None:
    """Every request has its own seed in the range that servers take."""
    spec = make_spec()
    seeds = {request_seed(spec, g.key) for g in grid(spec)}
    assert len(seeds) == expected(spec)
    assert all(0 <= seed < 2**31 for seed in seeds)
