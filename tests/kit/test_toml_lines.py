import pytest

from kit.toml_lines import line_of_field

TEXT = """title = "x"
pair = { one = 1, two = 2 }

[defaults]
n_tips = 1
"models" = ["a"]
[checks]
n_tips = 2
[[auth.providers]]
name = "a"
[[auth.providers]]
other = 1
name = "b"
[modules]
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("title", 1),
        ("pair.two", 2),
        ("defaults.n_tips", 5),
        ("defaults.models[0]", 6),
        ("checks.n_tips", 8),
        ("auth.providers[0].name", 10),
        ("auth.providers[1].name", 13),
        ("auth.providers[0].other", 9),
        ("checks.missing", 7),
        ("modules.size", 14),
        ("nothing", None),
        ("nothing.size", None),
        ("no.such.table.size", None),
    ],
)
def test_a_field_has_the_line_of_its_key(field: str, line: int | None) -> None:
    """In its own table, though another has a key of that name; a missing one has its table's line."""
    assert line_of_field(TEXT, field) == line
