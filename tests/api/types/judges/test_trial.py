"""Trials of judges over the schema: what an admin sees, and whose name stands on the record."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

from api.context import ApiContext
from api.root import admin_schema
from core.judging.model_judges.ceiling import JudgeAnyway
from resources.judging.trials.administration import LakeJudgeTrials
from resources.lake.specs import read_records
from tests.api.memory_services import MemoryServices
from tests.deadline import DEADLINE_S
from tests.resources.collect.conftest import Project, chat
from tests.resources.judging.model_judges.conftest import bench, endpoint, judged, project, scored
from tests.resources.judging.model_judges.runs import NAME, SMALL, run

__all__ = ["bench", "endpoint", "judged", "project"]
SHOWN = (
    "... on TrialOfJudge { noise stop held rest items { tip raw } planted { tip said } } ... on Failure { code path }"
)


def test_a_trial_is_shown_to_an_admin_and_going_on_is_recorded(judged: Project) -> None:
    """Why it is stopped, every answer, and failures by their field."""
    run(judged.bench, ("heuristics",), SMALL)
    judged.endpoint.answers["good"] = lambda _: chat(scored(4))
    services = MemoryServices()
    given = replace(services.services, judge_trials=LakeJudgeTrials(judged.bench))

    def tried(name: str = NAME, more: str = "") -> Any:
        context = ApiContext(given, services.auth.callers["token-admin"], "request-1")
        call = f'mutation {{ tryJudge(experiment: "{name}", judge: "luna"{more}) {{ {SHOWN} }} }}'
        answer = asyncio.run(admin_schema().execute(call, None, context_value=context))
        assert answer.errors is None, answer.errors
        return (answer.data or {})["tryJudge"]

    found = tried()
    assert "words without a meaning got 4" in found["stop"]
    assert (found["noise"], found["held"]) == (0, None)
    assert {len(item["raw"]) for item in found["items"]} == {2}
    assert [each["tip"] for each in found["planted"]][:2] == ["nonsense", "orders"]
    assert "8 of 8 to judge" in found["rest"]
    assert tried(more=", anyway: true")["stop"] is None
    (record,) = (each for each in read_records(judged.bench.home, NAME) if isinstance(each, JudgeAnyway))
    assert (record.judges, record.author) == (("luna",), services.auth.callers["token-admin"].subject)
    assert tried("tip-bench-none") == {"code": "NOT_FOUND", "path": ["experiment"]}


def test_a_slow_judge_is_left_and_gone_on_with(judged: Project) -> None:
    """After its seconds the answer says so and how to go on; what came until then is not requested again."""
    run(judged.bench, ("heuristics",), SMALL)
    trials, late = LakeJudgeTrials(judged.bench, longest_s=0.2), threading.Event()
    judged.endpoint.answers["good"] = lambda _: (late.wait(DEADLINE_S), chat(scored(1)))[1]
    try:
        found = trials.try_judge(NAME, "luna", "anna", anyway=False)
    finally:
        late.set()
    assert found.said is None
    assert "takes longer than the 0.2 s that it has here" in (found.held or "")
    assert "tipbench try-judge tip-bench-luna luna" in (found.held or "")
    judged.endpoint.answers["good"] = lambda _: chat(scored(1))
    again = LakeJudgeTrials(judged.bench, longest_s=DEADLINE_S).try_judge(NAME, "luna", "anna", anyway=False)
    assert (again.held, again.noise) == (None, 0)
    assert "the same scores" in (again.said or "")
