"""Cutting an answer down to the tip."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.benchmark.cut import cut
from core.benchmark.prompt import Cut, Prompt


def _prompt(*, stop: tuple[str, ...] = (), **rules: Any) -> Prompt:
    return Prompt("p", "1", "x", "chat", (), stop=stop, cut=Cut(**rules))


CASES: list[tuple[str, Prompt, str]] = [
    ("  Walk\n home.  ", _prompt(), "Walk home."),
    ("Tip: walk.", _prompt(prefixes=("Tip:",)), "walk."),
    ("tip:  Tip: walk.", _prompt(prefixes=("Tip:",)), "walk."),
    ("Thought\nFinal: walk.", _prompt(after=("Final:",)), "walk."),
    ("Walk.\nThen run.", _prompt(first_line=True), "Walk."),
    ("One. Two! Three?", _prompt(max_sentences=2), "One. Two!"),
    ("At 5.30 p.m. go home. Then rest. More.", _prompt(max_sentences=2), "At 5.30 p.m. go home. Then rest."),
    ("“Walk home.”", _prompt(), "Walk home."),
    ('"Walk" or "run"', _prompt(), '"Walk" or "run"'),
    ("Walk.\nSituation: next", _prompt(stop=("\nSituation:",)), "Walk."),
    ("", _prompt(), ""),
    ("   \n ", _prompt(max_sentences=1), ""),
]


@pytest.mark.parametrize(("raw", "prompt", "tip"), CASES)
def test_each_rule_cuts_what_it_says(raw: str, prompt: Prompt, tip: str) -> None:
    """Prefixes, markers, lines, sentences, quotes and stop strings."""
    assert cut(raw, prompt) == tip


@given(st.text(max_size=200))
def test_a_tip_is_one_line_and_cutting_again_changes_nothing(raw: str) -> None:
    """Whatever the answer, the tip has single spaces and is stable."""
    prompt = _prompt(stop=("\n\n",), prefixes=("Tip:", "-"), after=("=>",), max_sentences=2, first_line=True)
    tip = cut(raw, prompt)
    assert tip == " ".join(tip.split())
    assert cut(tip, prompt) == tip
