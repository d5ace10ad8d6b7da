"""Which homes are read, and what is said of the others."""

from pathlib import Path

import pytest

from resources.home import Home
from resources.home_format import FORMAT, LAST_OF_FORMAT_1, OtherHomeFormat, check_format, mark_format


def test_a_home_that_is_new_or_marked_is_read(tmp_path: Path) -> None:
    """Marking twice changes nothing; a folder with keys and logs alone is a new home."""
    home = Home(tmp_path / "home")
    check_format(home)
    home.secret("jwt")
    check_format(home)
    mark_format(home)
    before = (home.root / "home.json").read_bytes()
    mark_format(home)
    check_format(home)
    assert (home.root / "home.json").read_bytes() == before == b'{\n  "home_format": 2\n}\n'
    assert FORMAT == 2


def test_a_home_without_a_number_is_refused_and_not_touched(tmp_path: Path) -> None:
    """One sentence names the last commit that reads it; a pin or a database alone shows such a home."""
    for name in ("lake/tip-bench-old/spec.json", "tipbench.db"):
        home = Home(tmp_path / name.partition("/")[0])
        (home.root / name).parent.mkdir(parents=True)
        (home.root / name).write_text("{}")
        with pytest.raises(OtherHomeFormat, match=f"has format 1.*use commit {LAST_OF_FORMAT_1}"):
            check_format(home)
        assert [path for path in home.root.rglob("*") if path.is_file()] == [home.root / name]


@pytest.mark.parametrize("text", ['{"home_format": 3}', '{"home_format": 1}', "{}", "no"])
def test_another_number_is_refused(tmp_path: Path, text: str) -> None:
    """A newer home needs the version that made it; a broken file is named."""
    (tmp_path / "home.json").write_text(text)
    with pytest.raises(OtherHomeFormat, match=r"format [13]|holds no home_format"):
        check_format(Home(tmp_path))
