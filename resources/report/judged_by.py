"""Says who judged: people or machines, blind or not, and who else has scored."""

from collections.abc import Collection, Mapping, Sequence

from core.benchmark.records import JudgeKind
from core.judging.programs import PROGRAMS
from core.plurals import counted
from core.scoring.leaderboard_row import LeaderboardRow
from resources.report.data import Origins

BLIND = "blind to model and prompt"


def judged_by(rows: Sequence[LeaderboardRow], judges: Collection[str], origins: Origins) -> str:
    """Return a sentence on who judged, empty without scores; automatic judges are called automatic.

    Only who scored what was handed out here is called blind.
    """
    kinds = {row.judge_kind for row in rows if row.judge_kind}
    if not kinds:
        return ""
    kind, names = kinds.pop(), ", ".join(judges)
    caveat = PROGRAMS[names].caveat if kind == "program" and names in PROGRAMS else None
    if caveat is not None:
        return f"Judged automatically by the program {names}: {caveat}."
    noun = {"program": "program", "model": "model", "agent": "agent", "human": "person"}[kind]
    noun = noun if len(judges) == 1 else {"human": "people"}.get(kind, f"{noun}s")
    if kind in {"program", "model"}:
        return f"Judged automatically by the {noun} {names}; no person has confirmed these scores."
    who = f"Judged by {'the ' if kind == 'agent' else '' if len(judges) > 1 else 'a '}{noun} ({names})"
    blind = _blind(origins)
    unconfirmed = " No person has confirmed these scores." if kind == "agent" else ""
    return f"{who}, {BLIND}.{unconfirmed}" if not blind else f"{who}. {blind}{unconfirmed}"


def _blind(origins: Origins) -> str:
    """Return what is known of who was blind where scores were adopted, empty where all were given here."""
    if not origins.adopted:
        return ""
    if not origins.here:
        return "The scores came with the adopted outputs: whether model and prompt could be seen is not known."
    came, here = " and ".join(origins.adopted), " and ".join(origins.here)
    return (
        f"Scores of {came} came with the adopted outputs: whether model and prompt could be seen is not known. "
        f"Those that {here} gave here are {BLIND}."
    )


def adopted_sentence(rows: Sequence[LeaderboardRow], judges: Collection[str], origins: Origins) -> str:
    """Return who judged where scores came with adopted outputs, so that nobody takes them for blind; else nothing."""
    return judged_by(rows, judges, origins) if origins.adopted else ""


def other_kinds_sentence(kinds: Mapping[JudgeKind, int]) -> str:
    """Return a sentence on judges of other kinds who scored too, empty without any."""
    if not kinds:
        return ""
    named = ", ".join(f"{kind} ({counted(count, 'score')})" for kind, count in kinds.items())
    return f"Judges of other kinds have scored too, and are not averaged in: {named}; see them with --judges KIND."
