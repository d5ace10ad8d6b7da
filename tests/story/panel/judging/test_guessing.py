"""The guesser itself: it finds what gives a cell away, and finds nothing in noise."""

import numpy as np
import pytest

from tests.story.panel.judging.guessing import p_of_guessing
from tests.story.panel.judging.heard import forms, found_in

CELLS = ["a", "b", "c", "d"] * 30
GROUPS = [str(number // 4) for number in range(120)]


def test_noise_tells_no_cell() -> None:
    """Over several seeds p is rarely small, as it is of chance."""
    found = []
    for seed in range(8):
        noise = np.random.default_rng(seed).normal(size=(120, 25))
        found.append(p_of_guessing(noise, CELLS, GROUPS, seed))
    assert sum(p <= 0.05 for p in found) <= 2, found


@pytest.mark.parametrize("strength", [1.0, 3.0])
def test_what_leans_to_a_cell_is_found(strength: float) -> None:
    """One of twenty-five features that is shifted by the cell is enough, also when it is noisy."""
    random = np.random.default_rng(0)
    features = random.normal(size=(120, 25))
    features[:, 7] += strength * np.asarray([ord(cell) - ord("a") for cell in CELLS])
    assert p_of_guessing(features, CELLS, GROUPS, 0) <= 0.01


def test_an_order_by_cell_is_found() -> None:
    """Where the items of a cell stand together."""
    places = np.argsort(np.argsort(np.asarray(CELLS), kind="stable"), kind="stable").astype(float)
    features = np.column_stack([places, np.random.default_rng(1).normal(size=(120, 5))])
    assert p_of_guessing(features, CELLS, GROUPS, 0) <= 0.01


@pytest.mark.parametrize(
    "hidden",
    [
        "okapi-voice",
        "OKAPI-Voice",
        r"\u006fkapi-voice",
        "%6Fkapi-voice",
        "&#111;kapi-voice",
        "x.eyJwcm9tcHQiOiAib2thcGktdm9pY2UifQ.y",
        "ZXlKd2NtOXRjSFFpT2lBaWIydGhjR2t0ZG05cFkyVWlmUT09",
    ],
)
def test_a_word_is_found_within_codings(hidden: str) -> None:
    """Capital letters, escapes of JSON, HTML and addresses, a token's part, and Base64 of Base64."""
    assert found_in([("here", f"before {hidden} after")], ["okapi-voice", "zebra"]) == [("here", "okapi-voice")]


def test_what_is_no_text_is_left_out() -> None:
    """Bytes that happen to look like Base64 end as themselves."""
    assert list(forms("aGVsbG8gd29ybGQh", 1)) == ["aGVsbG8gd29ybGQh", "hello world!"]
