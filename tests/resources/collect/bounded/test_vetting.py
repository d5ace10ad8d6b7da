"""Prompts are rendered beside before the server renders them, within a time, memory and size."""

import threading

import pytest

from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.render import RenderError
from core.benchmark.scenario import Scenario
from kit.cancellation import Cancelled, cancelled_by
from resources.collect.bounded.vetting import PromptVetting

SCENARIOS = [Scenario(f"s-{number}", None, None, {"situation": "I wait."}) for number in range(3)]


def _prompt(name: str, template: str) -> Prompt:
    return Prompt(name, "1", "", "chat", (PromptMessage("user", template),))


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ 9**(9**9) }}",
        "{{ ('a' * 10**9)|length }}",
        "{{ 'a'|center(10**10) }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{% set all = namespace(s='ab') %}{% for i in range(60) %}{% set all.s = all.s ~ all.s %}{% endfor %}",
    ],
)
def test_a_template_that_takes_too_much_is_named(template: str) -> None:
    """Loops, numbers, texts and calls that grow: the prompt is said, and others before it are not blamed."""
    vet = PromptVetting(cpu_s=1, memory=256 << 20)
    good = _prompt("good", "About {{ situation }}")
    with pytest.raises(RenderError, match="prompt heavy@1: rendering it takes more than 1 s or 256 MB"):
        vet([good, _prompt("heavy", template)], SCENARIOS, ["chat"])


def test_what_cannot_be_rendered_is_somebody_elses_to_say() -> None:
    """A field that is not there, a text that is too long: rendering it says so, in its own words."""
    lacking, long = _prompt("a", "{{ scenario.nothing }}"), _prompt("b", "{{ 'x' * 40000 }}")
    PromptVetting()([lacking, long], SCENARIOS, ["chat", "completion"])


def test_what_is_known_is_not_rendered_again() -> None:
    """The same prompt for the same scenarios; with other ones it is new."""
    vet, prompt, stop = PromptVetting(), _prompt("p", "{{ situation }}"), threading.Event()
    vet([prompt], SCENARIOS, ["chat"])
    stop.set()
    with cancelled_by(stop):  # so that no process is begun
        vet([prompt], SCENARIOS, ["chat"])
        for scenarios, apis in ((SCENARIOS[:2], ["chat"]), (SCENARIOS, ["chat", "completion"])):
            with pytest.raises(Cancelled):
                vet([prompt], scenarios, apis)  # type: ignore[arg-type]  # two of two literals
