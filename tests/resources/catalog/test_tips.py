"""The templates of tips: what ships can be served, and what cannot is refused with all that is wrong."""

from collections import Counter
from pathlib import Path

import pytest

from resources.catalog.problems import CatalogError
from resources.catalog.tips import read_templates

CELL = '[[cells]]\nmodel = "template"\nprompt = "terse"\ntips = [{ id = "a", area = "sleep", text = "Sleep." }]\n'


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
        (None, "is not there"),
        ("cells = 3", "cells"),
        ("cells = []", "no tip to serve"),
        ("[[cells", "tips.toml"),
        (CELL + CELL, "cell template/terse stands there twice"),
        (CELL + CELL.replace("terse", "coach"), "tip 'a' stands there twice"),
        (CELL.replace("terse", "no/prompt"), "are names as in the catalog"),
        (CELL.replace("Sleep.", "\\u001b[31mRed"), "control character"),
        (CELL.replace("Sleep.", " "), "its text is empty"),
        (CELL.replace("Sleep.", "x" * 1_001), "1000"),
        (CELL.replace('id = "a"', 'id = "A tip"'), "tips.toml"),
        (CELL.replace('area = "sleep"', 'area = "sleep", more = 1'), "more"),
    ],
)
def test_a_damaged_entry_is_refused(tmp_path: Path, text: str | None, says: str) -> None:
    """Nothing of such a file is served."""
    if text is not None:
        (tmp_path / "tips.toml").write_text(text)
    with pytest.raises(CatalogError) as raised:
        read_templates(tmp_path)
    assert says in str(raised.value)
