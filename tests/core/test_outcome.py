import pytest

from core.model import Model
from core.outcome import cost_of, worst_cost

PAID = Model("m", "openai", price_in=2.0, price_out=8.0)


def test_cost_is_tokens_times_price() -> None:
    """Prices are USD per million tokens."""
    assert cost_of(PAID, 1000, 500) == pytest.approx(0.002 + 0.004)


def test_an_unknown_price_or_count_is_unknown_cost() -> None:
    """What is not known is None, never 0."""
    assert cost_of(Model("m", "openai"), 10, 10) is None
    assert cost_of(PAID, None, 10) is None


def test_template_costs_nothing() -> None:
    """The baseline needs no price."""
    assert cost_of(Model("template", "template"), None, None) == 0.0


def test_the_worst_cost_is_above_what_text_can_cost() -> None:
    """A token is at least two bytes of ordinary text, so the reservation covers the request."""
    assert worst_cost(PAID, 4000, 100) > (cost_of(PAID, 1000, 100) or 0.0)
