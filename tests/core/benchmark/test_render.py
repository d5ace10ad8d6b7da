"""Rendering prompts in the sandbox."""

import pytest

from core.benchmark.prompt import Prompt, PromptMessage
from core.benchmark.render import RenderError, context, render, situation, template_problem
from core.benchmark.scenario import Scenario

SCENARIO = Scenario(
    "s", "work", "en-GB",
    {
        "situation": "I wait.", "local_time": "2026-03-05T21:40", "weekday": "Thursday",
        "weather": {"summary": "rain", "temperature_c": 4}, "calendar": [{"start": "09:00", "title": "Call"}],
        "open_tasks": ["File"], "recent_reactions": [{"tip": "Run", "reaction": "dismissed"}], "must_not": ["weight"],
    },
)  # fmt: skip


def _prompt(text: str, mode: str = "chat", stop: tuple[str, ...] = ()) -> Prompt:
    return Prompt(
        "p", "1", "x", "completion" if mode == "completion" else "chat", (PromptMessage("user", text),), stop=stop
    )


def test_chat_and_completion_become_each_other() -> None:
    """A chat prompt for a completion model ends with the cue; the other way round it is a user message."""
    chat = _prompt("About {{ situation }}", stop=("##",))
    assert render(chat, SCENARIO, "chat").messages == (PromptMessage("user", "About I wait."),)
    assert render(chat, SCENARIO, "completion") == (None, "About I wait.\n\nTip:", ("##", "\n"))
    text = _prompt("Tip for {{ area }}:", "completion")
    assert render(text, SCENARIO, "completion").text == "Tip for work:"
    assert render(text, SCENARIO, "chat").messages == (PromptMessage("user", "Tip for work:"),)


def test_the_context_says_what_a_tip_app_knows() -> None:
    """Time, weather, calendar, tasks, reactions and what must not be told, a line each."""
    assert context(SCENARIO.data).split("\n") == [
        "Time: Thursday 2026-03-05 21:40",
        "Weather: rain, 4 °C",
        "Calendar: 09:00 Call",
        "Open tasks: File",
        "Recent reactions: 'Run' was dismissed",
        "Must not be told: weight",
    ]
    assert context({}) == ""
    assert situation(Scenario("x", None, None, {"text": "t"})) == "t"


@pytest.mark.parametrize(
    "text",
    [
        "{{ situation.__class__.__mro__ }}",
        "{{ ''.__class__.__subclasses__() }}",
        "{% for i in range(10**9) %}{{ i }}{% endfor %}",
        "{{ scenario.update({'a': 1}) }}",
        "{{ 'x' * 10**6 }}",
        "{{ 1 / 0 }}",
        "{{ scenario.missing.deeper }}",
    ],
)
def test_a_template_that_reaches_too_far_is_an_error_of_one_sentence(text: str) -> None:
    """Attributes, huge loops and texts, changes and missing keys end in RenderError with prompt and scenario."""
    with pytest.raises(RenderError, match="prompt p@1, scenario s"):
        render(_prompt(text), SCENARIO, "chat")


def test_an_unknown_variable_is_found_without_rendering() -> None:
    """The catalog's loader names it and what there is."""
    assert "nonsense" in (template_problem("{{ nonsense }}") or "")
    assert "situation" in (template_problem("{{ nonsense }}") or "")
    assert template_problem("{% if %}") is not None
    assert template_problem("{{ situation }}{% for e in examples %}{{ e.tip }}{% endfor %}") is None


def test_scenario_text_is_data_and_no_template() -> None:
    """Braces in a scenario are rendered as they are."""
    hostile = Scenario("s", None, None, {"situation": "{{ 7*7 }}{% raw %}"})
    assert render(_prompt("{{ situation }}"), hostile, "chat").messages == (
        PromptMessage("user", "{{ 7*7 }}{% raw %}"),
    )
