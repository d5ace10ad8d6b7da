"""Opaque ids, shuffled orders and tips that give their model away."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.judging.blinding import identifying_names, item_id, leaks, shuffled
from core.judging.tasks import Item


@given(st.binary(min_size=16, max_size=32), st.text(max_size=10), st.text(max_size=10))
def test_an_id_is_short_plain_and_follows_from_all_of_its_parts(secret: bytes, judge: str, candidate: str) -> None:
    """20 letters and digits, equal for equal parts, another for another judge, candidate or secret."""
    item, other = Item((candidate,)), Item((candidate + "x",))
    own = item_id(secret, "e", judge, item)
    assert len(own) == 20
    assert own.isalnum()
    assert own == item_id(secret, "e", judge, item)
    others = {item_id(secret, "e", judge + "x", item), item_id(secret, "e", judge, other),
              item_id(secret + b"x", "e", judge, item), item_id(secret, "f", judge, item),
              item_id(secret, "e", judge, item, again=True)}  # fmt: skip
    assert own not in others


def test_the_id_of_a_comparison_carries_both_candidates_and_which_is_left() -> None:
    """None of a, b, a beside b and b beside a, shown once or again, has the id of another."""
    items = [Item(("a1",)), Item(("b2",)), Item(("a1", "b2")), Item(("b2", "a1"))]
    ids = {item_id(b"x", "e", "anna", item, again=again) for item in items for again in (False, True)}
    assert len(ids) == 8


def test_an_order_is_each_judges_own_and_repeats() -> None:
    """The same judge sees the same order, another judge, export or seed another one, all with the same items."""
    items = [f"i{n}" for n in range(50)]
    own = shuffled(items, 1, "e", "anna", 1)
    assert own == shuffled(items[::-1], 1, "e", "anna", 1)
    others = [shuffled(items, 1, "e", "bea", 1), shuffled(items, 1, "e", "anna", 2), shuffled(items, 2, "e", "anna", 1)]
    for other in others:
        assert other != own
        assert sorted(other) == sorted(own)


@pytest.mark.parametrize(
    ("tip", "found"),
    [
        ("As Gemma, I would walk.", True),
        ("gpt-4o-mini says: walk.", True),
        ("I am GPT-4o-mini.", True),
        ("Coach yourself through it.", False),
        ("Use a template for the letter.", False),
        ("Walk home.", False),
    ],
)
def test_a_model_named_in_a_tip_is_found_and_plain_words_are_not(tip: str, found: bool) -> None:  # a table
    """Model names and their parts count; a prompt called coach or a model called template does not."""
    names = identifying_names(["gemma3-270m", "gpt-4o-mini", "template"], ["coach", "continue-coach"])
    assert bool(leaks(tip, names)) is found


def test_an_item_id_is_the_start_of_a_keyed_hash_in_base32() -> None:
    """As the standard library writes it; ids in the ledgers of homes outlive the way they are made."""
    for number in range(200):
        shown = f"tip-bench-x|anna|{number}".encode()
        whole = base64.b32encode(hmac.digest(b"secret", shown, "sha256")).decode().lower()
        assert item_id(b"secret", "tip-bench-x", "anna", Item((str(number),))) == whole[:20]
