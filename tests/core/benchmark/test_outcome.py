import pytest

from core.benchmark.model import Model
from core.benchmark.outcome import cost_of, spent_in_words, worst_cost

PAID = Model("m", "openai", price_in=2.0, price_out=8.0)


def test_cost_is_tokens_times_price() -> None:
    """Prices are USD per million tokens."""
    assert cost_of(PAID, 1000, 500) == pytest.approx(0.002 + 0.004)


def test_an_unknown_price_or_count_is_unknown_cost() -> None:
    """What is not known is None, never 0."""
    assert cost_of(Model("m", "openai"), 10, 10) is None
    assert cost_of(PAID, None, 10) is None


def test_what_was_spent_is_not_said_to_be_0_where_it_is_not_known() -> None:
    """What a server did not tell and what has no price are said beside what is known; a local model needs no price."""
    assert spent_in_words(0.25, 0, ()) == "0.25 USD spent"
    said = spent_in_words(0, 0.5, ["luna"], " on judging")
    assert (
        said
        == "0 USD spent on judging and up to 0.5 USD where the server did not say, and the price of luna is not known"
    )
    assert Model("m", "openai", price_in=1.0).has_unknown_price
    assert not Model("m", "openai", local=True).has_unknown_price
    assert not PAID.has_unknown_price


def test_template_costs_nothing() -> None:
    """The baseline needs no price."""
    assert cost_of(Model("template", "template"), None, None) == 0.0


def test_the_worst_cost_is_above_what_text_can_cost() -> None:
    """A token is at least two bytes of ordinary text, so the reservation covers the request."""
    assert worst_cost(PAID, 4000, 100) > (cost_of(PAID, 1000, 100) or 0.0)


def test_a_tape_costs_what_its_source_costs_when_that_was_asked() -> None:
    """Prices and the worst case are the source's, through tapes of tapes; a replayed answer costs nothing."""
    tape = Model("t", "tape", source="m", source_model=PAID, tape="t.jsonl")
    of_tape = Model("u", "tape", source="t", source_model=tape, tape="u.jsonl")
    for model in (tape, of_tape):
        assert cost_of(model, 1000, 500) == cost_of(PAID, 1000, 500)
        assert cost_of(model, 1000, 500, replayed=True) == 0.0
        assert worst_cost(model, 4000, 100) == worst_cost(PAID, 4000, 100)


def test_a_tape_without_a_source_costs_nothing() -> None:
    """Nobody can be asked, whatever prices its entry holds."""
    tape = Model("t", "tape", tape="t.jsonl", price_in=2.0, price_out=8.0)
    assert cost_of(tape, 1000, 500) == 0.0
    assert worst_cost(tape, 4000, 100) == 0.0
