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
    assert "a scenario's own field is scenario.budget" in (template_problem("{{ budget }}") or "")
    assert template_problem("{% if %}") is not None
    assert template_problem("{{ situation }}{% for e in examples %}{{ e.tip }}{% endfor %}") is None


OWN = Scenario(
    "s",
    None,
    None,
    {"situation": "x", "budget": "20 EUR", "people": 3, "items": ["milk", 2], "quiet": True, "zip": 7.5},
)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("{{ scenario.budget }} for {{ scenario.people }}", "20 EUR for 3"),
        ("{{ scenario.items }}", "milk; 2"),
        ("{% for item in scenario['items'] %}- {{ item }}\n{% endfor %}", "- milk\n- 2"),
        ("{{ scenario.quiet }} {{ scenario.zip }}", "true 7.5"),
        ("a{% if scenario.weather %} Weather: {{ scenario.weather }}{% endif %}", "a"),
        ("a{{ scenario.weather or 'b' }}{{ scenario.weather | default('c') }}{{ scenario.get('weather') }}", "abc"),
    ],
)
def test_any_field_of_a_scenario_is_rendered_where_a_prompt_names_it(text: str, rendered: str) -> None:
    """Texts, numbers and lists as people write them, also under a method's name; nothing where the prompt allows it."""
    assert render(_prompt(text), OWN, "chat").messages == (PromptMessage("user", rendered),)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{{ scenario.weather }}", "weather"),
        ("{{ scenario['weather'] }}", "weather"),
        ("{{ scenario.weather.summary }}", "weather"),
        ("{% for task in scenario.open_tasks %}{{ task }}{% endfor %}", "open_tasks"),
        ("{{ scenario.values }}", "values"),
        ("{% for e in examples %}{{ e.tip }}{% endfor %}{{ scenario.people.young }}", None),
    ],
)
def test_a_field_that_a_scenario_lacks_is_named(text: str, field: str | None) -> None:
    """It never becomes an empty text or a word of a programming language."""
    with pytest.raises(RenderError, match="which is not there; give it, or write") as caught:
        render(_prompt(text), OWN, "chat")
    assert caught.value.lacking == field


def test_without_a_situation_the_texts_are_one() -> None:
    """A scenario that is only fields of one's own has its texts as the situation, by name."""
    assert situation(Scenario("s", None, None, {"question": "why", "n": 3})) == "question: why"


def test_the_context_takes_what_there_is() -> None:
    """Weather as a text or without degrees, a time without a day, entries that are texts."""
    data = {"weather": "windy", "local_time": "21:40", "calendar": ["Lunch"], "recent_reactions": ["Walk: liked"]}
    assert context(data).split("\n") == [
        "Time: 21:40", "Weather: windy", "Calendar: Lunch", "Recent reactions: Walk: liked"
    ]  # fmt: skip
    assert context({"weekday": "Friday", "weather": {"summary": "fog"}}) == "Time: Friday\nWeather: fog"


def test_scenario_text_is_data_and_no_template() -> None:
    """Braces in a scenario are rendered as they are."""
    hostile = Scenario("s", None, None, {"situation": "{{ 7*7 }}{% raw %}"})
    assert render(_prompt("{{ situation }}"), hostile, "chat").messages == (
        PromptMessage("user", "{{ 7*7 }}{% raw %}"),
    )


@pytest.mark.parametrize(
    "template",
    [
        "{{ 9**(9**9) }}",
        "{{ 'a'|center(10**12) }}",
        "{% set x = 9**(9**9) %}{{ x }}",
        "{% for i in 'a' * 10**12 %}{% endfor %}",
        "{% if 9**(9**9) %}{% endif %}",
        "{% macro m(a=9**(9**9)) %}{% endmacro %}",
        "{% filter center(10**12) %}x{% endfilter %}",
        "{% include ('a'|center(10**12)) %}",
    ],
)
def test_reading_a_template_computes_nothing_of_it(template: str) -> None:
    """What would take all memory, or years, is valid until it is rendered, which a server does within bounds."""
    assert template_problem(template) is None


@pytest.mark.parametrize(
    "template", ["{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}", "{{ " + "9" * 60_000 + " }}", "{% if 1 %}" * 5_000]
)
def test_a_template_that_no_reader_takes_is_a_problem(template: str) -> None:
    """Nested too deeply, or a number with too many digits."""
    assert template_problem(template)


def test_rendering_ends_where_it_is_too_long() -> None:
    """At once: a billion times a text is not written to its end to be refused."""
    loops = "{% for a in range(99999) %}{% for b in range(99999) %}{{ situation }}{% endfor %}{% endfor %}"
    with pytest.raises(RenderError, match="over 32000 characters"):
        render(_prompt(loops), SCENARIO, "chat")
