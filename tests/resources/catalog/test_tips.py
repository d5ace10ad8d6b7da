"""The templates of tips: what ships can be served, and what cannot is refused with all that is wrong."""

from collections import Counter
from pathlib import Path

import pytest

from contracts.benchmark.catalog_layers import Layer
from resources.catalog.problems import CatalogError
from resources.catalog.tips import PACKAGED, read_file, read_templates

CELL = '[[cells]]\nmodel = "template"\nprompt = "terse"\ntips = [{ id = "a", area = "sleep", text = "Sleep." }]\n'


def _layer(folder: Path) -> Layer:
    return Layer(folder.name, folder, frozenset())


def test_what_ships_has_two_cells_in_every_area() -> None:
    """There is something to choose wherever somebody asks, and it is marked as the fallback."""
    catalog = read_templates()
    assert catalog.fallback
    cells = Counter(area for cell in catalog.cells for area in {tip.area for tip in cell.tips})
    assert len(cells) == 9
    assert min(cells.values()) >= 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cells = 3", "cells"),
        ("cells = []", "no tip to serve"),
        ("[[cells", "tips.toml"),
        (CELL + CELL, "tips.toml:6: cell template/terse stands there twice"),
        (CELL + CELL.replace("terse", "coach"), "tips.toml:8: tip 'a' stands there twice"),
        (CELL.replace("terse", "no/prompt"), "tips.toml:2: cell 'template/no/prompt'"),
        (CELL.replace("Sleep.", "\\u001b[31mRed"), "tips.toml:4: tip 'a': field 'text'"),
        (CELL.replace("Sleep.", " "), "is empty"),
        (CELL.replace("Sleep.", "x" * 1_001), "1000"),
        (CELL.replace('id = "a"', 'id = "A tip"'), "tips.toml:4: field 'cells[0].tips[0].id'"),
        (CELL.replace('area = "sleep"', 'area = "sleep", more = 1'), "more"),
    ],
)
def test_a_damaged_entry_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Nothing of such a file is served, nor of the packaged one in its place."""
    (tmp_path / "tips.toml").write_text(text)
    with pytest.raises(CatalogError) as raised:
        read_templates([_layer(tmp_path)])
    assert says in str(raised.value)


def test_a_projects_templates_take_the_place_of_the_packaged_ones(tmp_path: Path) -> None:
    """Those of the last layer that has a file, as a whole; without any the packaged ones serve."""
    for name in ("project", "home", "bare"):
        (tmp_path / name).mkdir()
    layers = [_layer(PACKAGED), *(_layer(tmp_path / name) for name in ("project", "home", "bare"))]
    assert read_templates(layers) == read_templates()
    (tmp_path / "project" / "tips.toml").write_text(CELL)
    (tip,) = read_templates(layers).cells[0].tips
    assert tip.text == "Sleep."
    (tmp_path / "home" / "tips.toml").write_text(CELL.replace("Sleep.", "Wake."))
    assert read_templates(layers).cells[0].tips[0].text == "Wake."
    (tmp_path / "home" / "tips.toml").unlink()
    (tmp_path / "home" / "tips.toml").mkdir()
    with pytest.raises(CatalogError):
        read_templates(layers)


def test_a_file_that_went_meanwhile_is_said() -> None:
    """Without templates there is nothing to serve."""
    with pytest.raises(CatalogError, match="is not there"):
        read_file(PACKAGED / "no-tips.toml")
