"""Which cells may be drawn for a request: a pure function, with a reason for each that may not.

The rules hold in a declared order: paused, consent, hidden, no repeat, caps, quiet hours, muted topics. Each takes
tips away, and a cell that has none left is out by the rule that took the last one. Caps and quiet hours are those of
surfaces that reach a user outside the app.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from contracts.modules.profile import Purpose
from contracts.tips.catalog import CatalogTip, CellTips, TipCatalog
from contracts.tips.recommendations import ShortReason, Surface
from core.plurals import counted
from kit.timing.caps import SentNotice, capped
from kit.timing.quiet_hours import is_quiet
from services.recommender.people import TipReader
from services.recommender.promotion.pauses import NOTHING_PAUSED, PausedTips

REACHES_OUT: Mapping[Surface, Purpose] = {Surface.PUSH: Purpose.PUSH, Surface.EMAIL: Purpose.EMAIL}
"""Surfaces outside the app, each with the consent that it needs."""
SAYS = {
    "area": "the catalog has no tip of this area for {}",
    "paused": "{} may not be served for now: an administrator paused it",
    "consent": "the consent that {} would need was not given",
    "hidden": "the tips of {} were dismissed",
    "repeat": "the tips of {} were served too short a time ago",
    "cap": "as many tips as are wanted went out already: {} may not",
    "quiet": "it is quiet hours: {} may not reach out",
    "muted": "the topics of {} are muted",
}


@dataclass(frozen=True)
class ServedTip:
    """A tip that was served at `at`, in Unix seconds."""

    tip: str
    area: str
    surface: Surface
    at: float


@dataclass(frozen=True)
class ServedHistory:
    """What was served to a user in the time that counts, and what they do not want again: tips, cells in an area."""

    served: Sequence[ServedTip] = ()
    hidden_tips: frozenset[str] = frozenset()
    hidden_kinds: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class TipSituation:
    """For what tips are: `at` in Unix seconds, `area` None for any; nothing is served twice within `repeat_after_s`."""

    surface: Surface
    at: float
    zone: ZoneInfo
    repeat_after_s: float
    area: str | None = None
    paused: PausedTips = NOTHING_PAUSED


@dataclass(frozen=True)
class EligibleArms:
    """The tips that each eligible arm has, in the catalog's order, and the code of the rule by arm that has none."""

    tips: Mapping[str, Sequence[CatalogTip]]
    left_out: Mapping[str, str]


def eligible_arms(
    catalog: TipCatalog, situation: TipSituation, reader: TipReader, history: ServedHistory
) -> EligibleArms:
    """Return which arms may be drawn with which tips; every arm of the catalog is in one of the two.

    A cell without a tip is out as one that has none of the area.
    """
    tips: dict[str, Sequence[CatalogTip]] = {}
    left_out: dict[str, str] = {}
    rules = _rules(catalog, situation, reader, history)
    for each in catalog.within(situation.area):
        arm, left, taken = each.cell.arm, each.tips, "area"
        for rule in rules:
            if not left:
                break
            if rule.concerns(each):
                taken, left = rule.code, [tip for tip in left if rule.allows(each, tip)]
        if left:
            tips[arm] = left
        else:
            left_out[arm] = taken
    return EligibleArms(tips, left_out)


def short_reasons(left_out: Mapping[str, str]) -> list[ShortReason]:
    """Return a reason for each rule that left cells out, in the order of the rules."""
    codes = list(left_out.values())
    counts = [(code, codes.count(code)) for code in SAYS if code in codes]
    return [ShortReason(code, SAYS[code].format(counted(count, "cell")), count) for code, count in counts]


def rule_says(code: str) -> str:
    """Return in a sentence why a rule left a cell out; the code itself where no rule has it any more."""
    return SAYS.get(code, code).format("this cell")


class _Rule(NamedTuple):
    """A rule that takes something; of a cell that it does not concern it takes no tip."""

    code: str
    allows: Callable[[CellTips, CatalogTip], bool]
    concerns: Callable[[CellTips], bool] = lambda _: True


def _rules(catalog: TipCatalog, situation: TipSituation, reader: TipReader, history: ServedHistory) -> Sequence[_Rule]:
    """The rules in their order, without those that take nothing here: most requests meet one or two."""
    purpose, preferences, paused = REACHES_OUT.get(situation.surface), reader.preferences, situation.paused
    since = situation.at - situation.repeat_after_s
    lately = {each.tip for each in history.served if each.at > since}
    disliked = {arm for arm, _ in history.hidden_kinds}
    is_agreed = purpose is None or reader.agrees(purpose)
    may_leave = reader.agrees(Purpose.EXTERNAL_MODEL) or not any(cell.external for cell in catalog.cells)
    is_loud = purpose is None or not is_quiet(preferences.quiet, situation.zone, situation.at)
    sent = [SentNotice(each.at, each.area) for each in history.served if each.surface in REACHES_OUT]

    @cache
    def may_go_out(area: str) -> bool:
        return capped(preferences.caps, sent, area, situation.zone, situation.at) is None

    rules: Sequence[tuple[bool, _Rule]] = (
        (
            bool(paused.arms or paused.tips),
            _Rule(
                "paused",
                lambda of, tip: of.cell.arm not in paused.arms and tip.id not in paused.tips,
                lambda of: of.cell.arm in paused.arms or not of.ids.isdisjoint(paused.tips),
            ),
        ),
        (
            not (is_agreed and may_leave),
            _Rule("consent", lambda of, _: is_agreed and (may_leave or not of.cell.external)),
        ),
        (
            bool(history.hidden_tips or history.hidden_kinds),
            _Rule(
                "hidden",
                lambda of, tip: (
                    tip.id not in history.hidden_tips and (of.cell.arm, tip.area) not in history.hidden_kinds
                ),
                lambda of: of.cell.arm in disliked or not of.ids.isdisjoint(history.hidden_tips),
            ),
        ),
        (
            bool(lately),
            _Rule("repeat", lambda _, tip: tip.id not in lately, lambda of: not of.ids.isdisjoint(lately)),
        ),
        (purpose is not None, _Rule("cap", lambda _, tip: may_go_out(tip.area))),
        (not is_loud, _Rule("quiet", lambda _, __: False)),
        (bool(preferences.muted), _Rule("muted", lambda _, tip: tip.area not in preferences.muted)),
    )
    return [rule for holds, rule in rules if holds]
