"""Judges of the catalog, as files."""

from pathlib import Path

import pytest

from core.judging.judge_entry import JudgeEntry
from resources.catalog import KINDS, CatalogError, Layer, judge_names, load_catalog

MODELS = '[[models]]\nname = "m"\nprovider = "template"\n'
LUNA = 'kind = "model"\nmodel = "m"\nasks = 3\ncatches = {padding = "clear"}\n'
RUBRIC = """name = "r"
version = "1"
[scale]
low = 1
high = 5
[[criteria]]
name = "clear"
description = "Is it clear?"
"""
PROMPT = "{situation}\n<tip>{tip}</tip>\n"


def _layer(folder: Path, **files: str) -> Layer:
    (folder / "judges").mkdir(parents=True)
    (folder / "models.toml").write_text(MODELS)
    (folder / "rubrics").mkdir()
    (folder / "rubrics" / "r.toml").write_text(RUBRIC)
    for name, text in files.items():
        (folder / "judges" / name.replace("_", ".")).write_text(text)
    return Layer(folder.name, folder, frozenset(KINDS))


def test_a_judge_is_its_definition_and_its_prompt(tmp_path: Path) -> None:
    """Under the name of its files; a later layer's takes its place, with the prompt that stands there."""
    first = _layer(tmp_path / "one", luna_toml=LUNA, luna_md=PROMPT)
    second = _layer(tmp_path / "two", luna_toml=LUNA.replace("3", "1"), luna_md="Other: {tip}")
    assert load_catalog([first]).judges["luna"] == JudgeEntry(
        "luna", "model", model="m", prompt=PROMPT, asks=3, catches={"padding": "clear"}
    )
    over = load_catalog([first, second]).judges
    assert (over["luna"].asks, over["luna"].prompt) == (1, "Other: {tip}")
    assert judge_names([first, second]) == {"luna"}
    assert load_catalog([first]).records("judges")[0]["temperature"] == 0.0


FAULTS = [
    ({"luna_toml": LUNA}, ["judges/luna.toml: no prompt"]),
    ({"luna_md": PROMPT}, ["judges/luna.md: the prompt of no judge"]),
    ({"luna_toml": LUNA.replace('"m"', '"n"'), "luna_md": PROMPT}, ["luna.toml", "'n' is no model of the catalog"]),
    ({"luna_toml": LUNA + "askz = 2\n", "luna_md": PROMPT}, ["judges/luna.toml:5:", "askz"]),
    ({"luna_toml": LUNA + 'name = "sol"\n', "luna_md": PROMPT}, ["judges/luna.toml:5:", "'name' is the file's own"]),
    ({"luna_toml": LUNA.replace("3", "30"), "luna_md": PROMPT}, ["judges/luna.toml:3:", "'asks' is 30"]),
    ({"luna_toml": LUNA.replace("padding", "noise"), "luna_md": PROMPT}, ["judges/luna.toml:4:"]),
    (
        {"luna_toml": LUNA.replace('"clear"', '"clean"'), "luna_md": PROMPT},
        [
            "judges/luna.toml:4: field 'catches.padding': 'clean' is a criterion of no rubric",
            "of the catalog: use one of clear",
        ],
    ),
    (
        {"luna_toml": LUNA.split("catches", maxsplit=1)[0] + '[catches]\nlanguage = "clean"\n', "luna_md": PROMPT},
        ["judges/luna.toml:5: field 'catches.language'"],
    ),
    ({"agent_toml": LUNA, "agent_md": PROMPT}, ["agent is what another judge is called"]),
    ({"luna_toml": "kind = ", "luna_md": PROMPT}, ["judges/luna.toml: not TOML"]),
    ({"luna_toml": LUNA, "luna_md": "x" * ((1 << 18) + 1)}, ["luna.md", "at most 256 KB"]),
]


@pytest.mark.parametrize(("files", "said"), FAULTS, ids=[said[-1] for _, said in FAULTS])
def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, files: dict[str, str], said: list[str]) -> None:
    """And its line where it has one."""
    with pytest.raises(CatalogError) as raised:
        load_catalog([_layer(tmp_path / "one", **files)])
    for part in said:
        assert part in str(raised.value)
