from typing import Any

import msgspec
import pytest

from core.judging.judge_entry import JudgeEntry, entry_faults

PROMPT = "{situation} {context} {must_not} {rubric}\n<tip>{tip}</tip>"
MODEL = JudgeEntry("luna", "model", model="m", prompt=PROMPT)
COMMAND = JudgeEntry("code", "agent", command=("claude", "-p"), env=("HOME",))


def test_a_model_with_a_prompt_and_a_command_without_one_are_judges() -> None:
    """A command may be of kind agent or program."""
    for entry in (MODEL, COMMAND, msgspec.structs.replace(COMMAND, kind="program")):
        assert list(entry_faults(entry)) == []


FAULTS: list[tuple[JudgeEntry, dict[str, Any], str, str]] = [
    (MODEL, {"name": "agent"}, "", "agent is what another judge is called"),
    (MODEL, {"name": "heuristics"}, "", "heuristics is what another judge is called"),
    (MODEL, {"name": "Agent"}, "", "Agent is what another judge is called"),
    (MODEL, {"name": "no/such"}, "", "a judge is called by 1 to 63"),
    (MODEL, {"kind": "agent"}, "kind", "a model is of kind model"),
    (MODEL, {"model": None}, "", "either model or command"),
    (MODEL, {"command": ("x",)}, "", "either model or command"),
    (MODEL, {"prompt": " "}, "", "no prompt"),
    (MODEL, {"prompt": "Judge {situation}."}, "", "the prompt has no {tip}"),
    (MODEL, {"prompt": "{tip} {model}"}, "", "the prompt holds {model}"),
    (MODEL, {"env": ("KEY",)}, "env", "'env' is for commands"),
    (COMMAND, {"command": ("x", "")}, "command", "an empty text"),
    (COMMAND, {"env": ("A=1",)}, "env", "name variables"),
    (COMMAND, {"prompt": PROMPT}, "", "take the prompt's file out"),
    (MODEL, {"asks": 0}, "asks", "use 1 to 9"),
    (MODEL, {"max_tokens": 0}, "max_tokens", "use 1 to 100000"),
    (MODEL, {"temperature": float("nan")}, "temperature", "use 0 to 2"),
]


@pytest.mark.parametrize(("entry", "change", "field", "said"), FAULTS, ids=[said for *_, said in FAULTS])
def test_a_fault_names_its_field(entry: JudgeEntry, change: dict[str, Any], field: str, said: str) -> None:
    """And what to do about it."""
    found = list(entry_faults(msgspec.structs.replace(entry, **change)))
    assert any(fault.field == field and said in fault.message for fault in found)
