"""Texts of the catalog's entries."""

from pathlib import Path

from resources.catalog import KINDS, Layer
from resources.catalog.entry_texts import entry_texts

PROMPT = '+++\nname = "mine"\nversion = "2"\ndescription = "%s"\nmode = "chat"\n+++\n## user\n{{ situation }}\n'


def _layer(folder: Path, text: str) -> Layer:
    (folder / "prompts").mkdir(parents=True)
    (folder / "prompts" / "any-name.md").write_text(text)
    return Layer(folder.name, folder, frozenset(KINDS))


def test_the_text_of_a_later_layer_is_in_force(tmp_path: Path) -> None:
    """By name and version of the entry and not of the file; a file that cannot be used has none."""
    layers = [_layer(tmp_path / "one", PROMPT % "first"), _layer(tmp_path / "two", PROMPT % "second")]
    assert entry_texts(layers, ["prompt"]) == {("prompt", "mine", "2"): PROMPT % "second"}
    broken = [_layer(tmp_path / "three", "nothing"), Layer("four", tmp_path / "four", frozenset(KINDS))]
    (tmp_path / "three" / "prompts" / "gone.md").symlink_to(tmp_path / "nowhere")
    assert entry_texts(broken, ["prompt", "scenario"]) == {}


def test_a_judge_has_the_text_of_its_definition(tmp_path: Path) -> None:
    """Under its file's name, version 1."""
    (tmp_path / "judges").mkdir()
    (tmp_path / "judges" / "luna.toml").write_text('kind = "model"\n')
    found = entry_texts([Layer("home", tmp_path, frozenset(KINDS))], ["judge"])
    assert found == {("judge", "luna", "1"): 'kind = "model"\n'}
