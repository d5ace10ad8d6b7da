"""The rule that says which cell to ship, or why none can be named yet; docs/statistics.md has it in words."""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from core.choosing.comparisons import Comparisons
from core.choosing.limits import BrokenLimit, ShipLimits, broken_floors, broken_points, keeps_floors, name_of
from core.expected_error import FieldError
from core.plurals import counted
from core.scoring.leaderboard_row import LeaderboardRow

Decision = Literal["ship", "tie", "keep", "no", "not_enough"]
SURE = 1.645
"""The 95 % quantile of the normal distribution."""
DECIDED: tuple[Decision, ...] = ("ship", "tie", "keep")


class WrongMargin(FieldError):
    """A margin that is no positive number, or a champion that is no cell."""


class AsideCell(msgspec.Struct, frozen=True):
    """A scored cell that neither ships nor competes: why, and what it would gain over the cell that was found."""

    cell: str
    why: str
    gain: float | None


class ChoiceBoard(msgspec.Struct, frozen=True):
    """The board that a choice rests on: its data's hash, kind and judges, and the number of compared scenarios."""

    data_hash: str
    judge_kind: str | None
    judges: tuple[str, ...]
    scenarios: int


class LookView(msgspec.Struct, frozen=True):
    """Which look at the data a choice is, of how many that were planned; `level` is the confidence that it has."""

    number: int
    of: int
    max_scenarios: int
    level: float
    unplanned: bool = False


class CellChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A decision with what it rests on; contracts have the names. None is not known.

    `best_of` is the number of cells among which the found one was the best of equals, so that its score may be too high
    by chance; `scenarios_needed` are additional ones.
    """

    decision: Decision
    cell: str | None
    equal_to: tuple[str, ...]
    champion: str | None
    reason: str
    margin: float
    board: ChoiceBoard
    score: float | None
    low: float | None
    high: float | None
    best_of: int
    look: LookView
    failed: tuple[BrokenLimit, ...]
    aside: tuple[AsideCell, ...]
    scenarios_needed: int | None
    judge_noise: float | None


def check_margin(margin: float) -> None:
    """Return if the margin is a positive number; raise WrongMargin."""
    if not margin > 0 or math.isinf(margin):
        said = "give what difference does not matter, in rubric units, such as 0.2"
        if margin == 0:
            said += "; whether a cell is not worse than before is what check NAME --against tells"
        raise WrongMargin(f"margin is {margin:g}: {said}", ("margin",))


def least_margin(noise: float, answers: int) -> float:
    """Return the least difference of two cells that is not the judges' noise, one-sided at 95 %, in rubric units.

    It is 1.645 · noise · √(2 / answers), where each cell has so many answers.
    """
    return SURE * noise * math.sqrt(2 / max(answers, 1))


class _ChoiceRule:
    """One application of the rule, over rows in the order of the board and the comparisons of their cells."""

    def __init__(
        self,
        rows: Sequence[LeaderboardRow],
        order: Mapping[str, int],
        got: Comparisons,
        limits: ShipLimits,
        margin: float,
    ) -> None:
        self.got, self.limits, self.margin, self.order = got, limits, margin, order
        places = {cell: place for place, cell in enumerate(got.cells)}
        self.rows = [row for row in rows if row.score is not None and order[name_of(row)] in places]
        self.place = {name_of(row): places[order[name_of(row)]] for row in self.rows}
        self.broken = {name_of(row): [*broken_points(row, limits), *broken_floors(row, limits)] for row in self.rows}
        self.why = {name: why for row in self.rows if (why := self._why_aside(row)) and (name := name_of(row))}
        self.rivals = [row for row in self.rows if name_of(row) not in self.why]
        keeping = [row for row in self.rivals if keeps_floors(row, limits)]
        self.qualified = sorted(filter(self._qualifies, keeping), key=self._cheapest_first)

    def _why_aside(self, row: LeaderboardRow) -> str | None:
        if broken := self.broken[name_of(row)]:
            return f"it breaks {', '.join(each.limit for each in broken)}"
        if row.provisional:
            return f"it is provisional, with {row.coverage:.0%} scored"
        if "other_scenarios" in row.marks:
            return "it is scored on other scenarios than the rest"
        return None

    def _qualifies(self, row: LeaderboardRow) -> bool:
        """Return whether no rival is surely not within the margin: each lower limit is at least -margin."""
        return all(self.lower(row, rival) >= -self.margin for rival in self.rivals if rival is not row)

    def lower(self, row: LeaderboardRow, other: LeaderboardRow) -> float:
        return self.got.lower(self.place[name_of(row)], self.place[name_of(other)])

    def _cheapest_first(self, row: LeaderboardRow) -> tuple[float, float, int]:
        cost = math.inf if row.cost_per_1k is None else row.cost_per_1k
        return cost, -(row.score or 0.0), self.order[name_of(row)]

    def equal_to(self, row: LeaderboardRow) -> tuple[str, ...]:
        """Return the other cells that qualify and are within the margin on both sides at once."""
        place = self.place[name_of(row)]
        others = (name_of(each) for each in self.qualified if each is not row)
        return tuple(name for name in others if self.got.within(place, self.place[name], self.margin))

    def keeps(self, found: LeaderboardRow, champion: LeaderboardRow | None) -> bool:
        """Return whether the champion stays: it is the found cell, or qualifies and that is no reason to change."""
        if champion is None or champion not in self.qualified:
            return False
        if champion is found:
            return True
        costs = found.cost_per_1k, champion.cost_per_1k
        is_cheaper = costs[0] is not None and (costs[1] is None or costs[0] < costs[1])
        return not is_cheaper and self.lower(found, champion) <= 0

    @cached_property
    def needed(self) -> int | None:
        """Return how many more scenarios would let some rival qualify with 80 %, if there is no difference."""
        found = (self.got.scaled(self.place[name_of(row)]) for row in self.rivals)
        scaled = [times for times in found if not math.isnan(times)]
        more = math.ceil(min(scaled) * self.got.scenarios) - self.got.scenarios if scaled else 0
        return more if more > 0 else None

    def aside(self, found: LeaderboardRow | None) -> tuple[AsideCell, ...]:
        """Return the scored cells that took no part."""
        score = None if found is None else found.score
        return tuple(
            AsideCell(
                name_of(row),
                self.why[name_of(row)],
                None if score is None or row.score is None else row.score - score,
            )
            for row in self.rows
            if name_of(row) in self.why
        )


def choose(
    rows: Sequence[LeaderboardRow],
    cells: Sequence[str],
    got: Comparisons | None,
    limits: ShipLimits,
    *,
    margin: float,
    champion: str | None,
    board: ChoiceBoard,
    look: LookView,
    judge_noise: float | None = None,
    answers: int = 1,
) -> CellChoice:
    """Return the decision on a board's rows, best first; `cells` are the names of all cells in their order.

    `got` compares the cells that have a score, None where none has. `answers` are those of judges to the tips of one
    cell; where the margin is below what judges of this noise can tell by so many, the reason says so. Raise
    WrongMargin.
    """
    check_margin(margin)
    if champion is not None and champion not in cells:
        said = f"champion {champion} is no cell of this experiment: use one of {', '.join(cells[:12])}"
        raise WrongMargin(said, ("champion",))
    rule = None if got is None else _ChoiceRule(rows, {name: at for at, name in enumerate(cells)}, got, limits, margin)
    decision, found, reason = _decided(rule, champion, board, look)
    if judge_noise is not None and margin < (least := least_margin(judge_noise, answers)):
        reason += f"; the margin is below {least:.2g}, the least that judges tell whose answers to one tip differ so"
    is_found = decision in DECIDED
    shown = found if is_found else None
    return CellChoice(
        decision=decision,
        cell=None if shown is None else name_of(shown),
        equal_to=rule.equal_to(shown) if rule is not None and shown is not None else (),
        champion=champion,
        reason=reason,
        margin=margin,
        board=board,
        score=None if shown is None else shown.score,
        low=None if shown is None else shown.low,
        high=None if shown is None else shown.high,
        best_of=len(rule.rivals) if rule is not None else 0,
        look=look,
        failed=tuple(each for broken in rule.broken.values() for each in broken) if rule is not None else (),
        aside=rule.aside(found) if rule is not None else (),
        scenarios_needed=rule.needed if rule is not None and decision == "not_enough" else None,
        judge_noise=judge_noise,
    )


Decided = tuple[Decision, LeaderboardRow | None, str]


def _decided(rule: _ChoiceRule | None, champion: str | None, board: ChoiceBoard, look: LookView) -> Decided:
    """Return the decision with the found cell and the reason in words."""
    if rule is not None and rule.rows and all(rule.broken[name_of(row)] for row in rule.rows):
        name = name_of(rule.rows[0])
        said = ", ".join(f"{name} breaks {each.limit}" for each in rule.broken[name])
        return "no", None, f"every cell breaks a limit for certain: {said}"
    why = _why_not(rule, board, look)
    if rule is None or why is not None:
        until = f"; until then keep {champion}" if champion is not None else ""
        return "not_enough", None, f"{why}{until}"
    return _found(rule, champion)


def _found(rule: _ChoiceRule, champion: str | None) -> Decided:
    """Return what a rule with a qualified cell comes to."""
    found, margin = rule.qualified[0], f"{rule.margin:g}"
    held = next((row for row in rule.rows if name_of(row) == champion), None)
    if rule.keeps(found, held):
        sure = f"{champion} is surely at most {margin} worse than the best"
        return "keep", held, f"{sure}, and nothing of which that is sure is known to be cheaper, or surely better"
    name, among = name_of(found), counted(len(rule.rivals), "cell")
    if equal := rule.equal_to(found):
        like = [row for row in rule.qualified if name_of(row) in equal]
        are_equal = f"{name} and {', '.join(equal)} are equal within {margin}"
        return "tie", found, f"{are_equal}, {_why_first(found, like, 'them')}"
    said = f"{name} is surely at most {margin} worse than the best of {among}"
    others = [row for row in rule.qualified if row is not found]
    return "ship", found, f"{said}, {_why_first(found, others, 'those of which that is sure')}"


def _why_first(found: LeaderboardRow, others: Sequence[LeaderboardRow], them: str) -> str:
    """Return in words by what a cell comes before the others, which come after it: its cost, or its score."""
    name, cost = name_of(found), found.cost_per_1k
    if not others:
        return f"the only one of {them}"
    if cost is None:
        return f"and {name} has the highest score of {them}, whose costs are not known"
    if any(row.cost_per_1k == cost for row in others):
        return f"and of {them} none is cheaper than {name}, and none that costs as much has a higher score"
    return f"and {name} is the cheapest of {them}"


def _why_not(rule: _ChoiceRule | None, board: ChoiceBoard, look: LookView) -> str | None:
    """Return why no cell can be named yet, None where one qualifies and may be shipped."""
    if rule is None or not rule.rows:
        return "no cell has a score yet"
    if board.judge_kind == "program":
        return (
            "the board rests on a program, which measures form: let a person, an agent or a model judge before you ship"
        )
    if look.unplanned:
        planned = f"{look.of} at up to {look.max_scenarios} scenarios"
        return f"look {look.number} was not planned ({planned} were), so it decides nothing"
    if rule.qualified:
        return None
    if not rule.rivals:
        return "every cell that keeps its limits is provisional or scored on other scenarios"
    return _more_would_tell(rule, look)


def _more_would_tell(rule: _ChoiceRule, look: LookView) -> str:
    """Return that no cell qualifies, and how many more scenarios would tell, and where."""
    scenarios, more = counted(rule.got.scenarios, "scenario"), rule.needed
    said = f"with {scenarios} no cell is surely at most {rule.margin:g} worse than the best and above its floors"
    if more is None:
        return said
    said += f": about {more} more scenarios would tell"
    if look.number < look.of:
        return said
    planned = "the one look that was planned" if look.of == 1 else f"the last of {look.of} planned looks"
    return f"{said}, in an experiment that extends none of these, whose looks are planned first: this was {planned}"
