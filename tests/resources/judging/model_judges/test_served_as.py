"""Servers that take no JSON Schema are asked in a lower form, and a model that is renamed is said."""

from typing import Any

from core.benchmark.outcome import Outcome
from resources.judging.model_judges.served_as import MOST_NAMES, ServedAs, served_as
from tests.resources.collect.conftest import Project, chat, error
from tests.resources.judging.model_judges.conftest import scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, run


def test_a_server_that_takes_no_schema_is_asked_in_a_lower_form(judged: Project) -> None:
    """It is not misconfigured; the form is noted, so that a later run begins with it."""
    forms = list[str | None]()
    said = {"text": "prose"}

    def plain(body: dict[str, Any]) -> tuple[int, Any]:
        form = body.get("response_format", {}).get("type")
        forms.append(form)
        if form is not None:
            return error(400, f"'response_format' of type {form} is not supported")
        return chat(said["text"])

    judged.endpoint.answers["good"] = plain
    result = run(judged.bench, ("luna",), SMALL)
    assert list(dict.fromkeys(forms)) == ["json_schema", "json_object", None]
    assert forms.count("json_schema") <= 3, "no more are under way before its first answer"
    assert served_as(judged.bench.home, NAME, "luna").form == "prose"
    assert result.collected is not None
    assert "requested in words alone" in str(result.collected.done["judged_by_luna"])
    forms.clear()
    said["text"] = scored()
    assert run(judged.bench, retry=True).passed
    assert set(forms) == {None}


def test_a_model_that_is_renamed_within_a_judge_is_said(judged: Project) -> None:
    """By the names that its server gave, in order."""
    names = iter(["luna-1", "luna-2"])
    seen = list[str]()

    def renamed(_: dict[str, Any]) -> tuple[int, Any]:
        seen.append(next(names, "luna-2"))
        status, body = chat(scored())
        return status, {**body, "model": seen[-1]}

    judged.endpoint.answers["good"] = renamed
    result = run(judged.bench, ("luna",), SMALL)
    assert served_as(judged.bench.home, NAME, "luna").models == ("luna-1", "luna-2")
    assert result.collected is not None
    assert "called the model luna-1, then luna-2" in str(result.collected.done["judged_by_luna"])


def test_a_server_that_gives_another_name_with_every_answer_is_said_in_few_words() -> None:
    """The first names, and how many others; no more are kept than tell that."""
    known = ServedAs()
    for number in range(2 * MOST_NAMES):
        known = known.after(Outcome(key=str(number), kind="text", served=f"luna-{number}"))
    assert len(known.models) == MOST_NAMES
    assert "luna-0, then luna-1, then luna-2 and 97 other names after that" in known.in_words()
    assert "luna-3" not in known.in_words()
