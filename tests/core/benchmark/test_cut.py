"""Cutting an answer down to the tip."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.benchmark.cut import cut, ends_cut_off, why_blank, without_reasoning
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


TAGS = (("<think>", "</think>"),)


@pytest.mark.parametrize(
    ("raw", "tip"),
    [
        ("<think>\nPhone away? Tea?\n</think>\n\nWalk home.", "Walk home."),
        ("Phone away? Tea?\n</think>\nWalk home.", "Walk home."),
        ("Walk <think>or run</think>home.", "Walk home."),
        ("<think>one</think>Walk <think>two</think>home.", "Walk home."),
        ("<think>Phone away? Tea", ""),
        ("Walk home.", "Walk home."),
    ],
)
def test_reasoning_is_no_part_of_a_tip(raw: str, tip: str) -> None:
    """Between its tags, before a closing one alone, and after one that never closes."""
    assert cut(raw, _prompt(), TAGS) == tip


def test_tags_are_the_models_own() -> None:
    """Without tags nothing is reasoning; a model's own tags are cut like the usual ones."""
    assert without_reasoning("<think>a</think>b", ()) == "<think>a</think>b"
    assert without_reasoning("[[a]]b", (("[[", "]]"),)) == "b"


def test_a_blank_tip_says_why() -> None:
    """Reasoning that never ended is told from an answer that the cuts took away."""
    assert why_blank("<think>a", TAGS, "length") == "no text: all of the answer is reasoning, finish=length"
    assert why_blank("Tip:", TAGS, "stop") == "the answer is blank after cuts"


def test_a_tip_is_cut_off_where_its_model_ran_out_of_tokens() -> None:
    """Not where a rule ended it before, nor where the model stopped by itself."""
    assert ends_cut_off("Walk home  and then", "Walk home and then", "length")
    assert not ends_cut_off("Walk home. Then rest a", "Walk home.", "length")
    assert not ends_cut_off("Walk home.", "Walk home.", "stop")


@pytest.mark.parametrize(
    ("raw", "tip"),
    [
        ('Try this: "Go to bed at ten. Then read."', "Try this: Go to bed at ten."),
        ("Walk (after lunch. It helps)", "Walk after lunch."),
        ("“Walk home. Then rest.”", "Walk home."),
        ("„Geh früh ins Bett. Lies dann.“", "Geh früh ins Bett."),
        ("«Marche un peu. Puis lis.»", "Marche un peu."),
        ("Say “no” and „nein“ once. More.", "Say “no” and „nein“ once."),
        ("Walk (ten minutes) daily. More.", "Walk (ten minutes) daily."),
        ('1) Hang a 5" board. More.', '1) Hang a 5" board.'),
        ("Don’t read ‘news’ in bed. More.", "Don’t read ‘news’ in bed."),
    ],
)
def test_a_cut_leaves_no_half_of_a_pair(raw: str, tip: str) -> None:
    """Quotes and brackets whose other half was cut away go too, in every language's marks; apostrophes stay."""
    assert cut(raw, _prompt(max_sentences=1)) == tip


@given(st.text(max_size=200) | st.text('“”„«»"()[]’ aB.1', max_size=40))
def test_a_tip_is_one_line_and_cutting_again_changes_nothing(raw: str) -> None:
    """Whatever the answer, the tip has single spaces and is stable."""
    prompt = _prompt(stop=("\n\n",), prefixes=("Tip:", "-"), after=("=>",), max_sentences=2, first_line=True)
    tip = cut(raw, prompt)
    assert tip == " ".join(tip.split())
    assert cut(tip, prompt) == tip
