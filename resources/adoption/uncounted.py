"""Refuses files whose scores would be dropped: those that no rubric names, or that never meet all that it needs."""

import re
from collections.abc import Sequence
from typing import Any

from core.judging.rubric import Rubric
from kit.tables.problems import Problems
from resources.adoption.columns import Columns
from resources.adoption.file_reader import OutputFile
from resources.adoption.rows import ScoreCounts, plain
from resources.adoption.tools.parts import number

_CALLED_SCORE = re.compile(r"(scores?|ratings?)([ ._:].*)?", re.IGNORECASE)
_ALONE = "--without-scores to take the texts alone"


def refuse_uncounted(
    file: OutputFile, counts: ScoreCounts, unread: Sequence[str], rubric: Rubric, problems: Problems, *, stated: bool
) -> None:
    """Note scores of a file that cannot count, each kind in one sentence with what to add.

    `unread` are score columns that nothing reads; `stated` says that a person gave the rubric.
    """
    needed = f"{rubric.ref} needs {', '.join(rubric.averaged_names)}"
    for name, (line, judge) in counts.strangers.items():
        said = f"scores.{judge}.{name} is no criterion of {rubric.ref} ({', '.join(rubric.names)})"
        problems.add(line, f"{said}; give the rubric it was scored by with --rubric FILE, or {_ALONE}")
    if counts.partial and not counts.complete and not counts.strangers:
        said = f"none of the {counts.partial} scored (tip, judge) pairs can count: {needed}"
        problems.add(1, f"{said}; give the rubric they were scored by with --rubric FILE, or {_ALONE}")
    if counts.metrics and not counts.taken:
        said = f"its scores are called {', '.join(counts.metrics)}, and {needed}"
        own = "a rubric with" if stated else "the rubric they were given by, with"
        problems.add(1, f"{said}: add --rubric FILE, {own} criteria of these names, or {_ALONE}")
    if file.of_no_output:
        said = f"its scores {', '.join(file.of_no_output)} stand for all repeats of a question together"
        problems.add(1, f"{said} and can count for none of them: add {_ALONE}")
    if unread:
        said = f"nothing reads its scores in column {', '.join(unread)}"
        named = f"name the judge and the criterion with --map {unread[0]}=score.JUDGE.CRITERION"
        other = "" if stated else ", with --rubric FILE where the criteria are others than those of the default rubric"
        problems.add(1, f"{said}: {named}{other}, or add {_ALONE}")


def unread_scores(names: Sequence[str], rows: Sequence[tuple[int, Columns]], rubric: Rubric) -> list[str]:
    """Return those of the columns `names`, which nothing reads, that hold scores.

    They are called score or rating, or like a criterion of the rubric, and have a number in some row.
    """
    criteria = {plain(name) for name in rubric.names}
    return [
        name
        for name in names
        if (_CALLED_SCORE.fullmatch(name) or plain(name) in criteria)
        and any(_is_number(columns.get(name)) for _, columns in rows)
    ]


def _is_number(value: Any) -> bool:
    return number(value.replace(",", ".") if isinstance(value, str) else value) is not None
