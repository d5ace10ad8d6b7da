import pytest

from resources.adoption.labels import LONGEST_SLUG, is_name, names_of, slug

LONG = "You are a kind coach.\nGive one tip. " * 6


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("prompts/p1.txt", "prompts-p1.txt"),
        ("a/b", "a-b"),
        ("prompts/short.txt: Give {{situation}} a tip", "prompts-short.txt"),
        ("Be kind\tand short", "Be-kind-and-short"),
        ("/größe/", "groe-61cb98"),
    ],
)
def test_a_slug_reminds_of_its_label(label: str, name: str) -> None:
    """Letters, digits and . _ - are left of it; a hash says that others were lost."""
    assert slug(label) == name


def test_a_long_label_is_cut_and_told_apart() -> None:
    """By a hash of the whole; one without a letter is only that."""
    first, second = slug(LONG + "one"), slug(LONG + "two")
    assert first != second
    assert first[:LONGEST_SLUG] == second[:LONGEST_SLUG]
    assert slug("///").startswith("label-")


def test_names_stay_and_equal_slugs_are_told_apart() -> None:
    """A slug never takes the name of another label."""
    found = names_of(["plain", "a/b", "a b\n", "a-b", "x/y"], {"x/y": "xy"}, slash=False)
    assert (found["plain"], found["a-b"], found["x/y"]) == ("plain", "a-b", "xy")
    assert len(set(found.values())) == 5
    assert all(is_name(name, slash=False) for name in found.values())


def test_a_slash_is_for_models() -> None:
    """A prompt's name has none, so that MODEL/PROMPT can be split."""
    assert names_of(["org/big"], {}, slash=True) == {"org/big": "org/big"}
    assert is_name("org/big", slash=True)
    assert not any(is_name(label, slash=False) for label in ("a/b", "", " ", "x" * 201, "a\nb"))
