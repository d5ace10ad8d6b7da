"""A judge at the page of judges: invited by a link, with a round that is open, seen from the browser and the server."""

import json
from collections.abc import Callable
from typing import Any

from tests.story.panel.pages import Panel
from tests.story.peers.api import Api
from tests.story.peers.browser import Tab
from tests.story.peers.up import wait_for

INVITE = """mutation($judge: String!) { inviteUser(role: JUDGE, judge: $judge) {
  __typename ... on Invitation { signInPath } ... on Failure { message } } }"""
OPEN = """mutation($experiment: String!, $judge: String!) { openJudgeRound(experiment: $experiment, judge: $judge) {
  __typename ... on JudgeRound { id } ... on Failure { message } } }"""
CLOSE = "mutation($round: String!) { closeJudgeRound(round: $round) { __typename } }"
ROUND = """query($round: String!) { judgeRound(round: $round) { state total answered items(first: 60) { nodes {
  item place answer { scores { criterion value } unscorable comment } } } } }"""
STATE = "query($round: String!) { judgeRound(round: $round) { state } }"
PAUSE_S = 1.0
"""Between two looks at the server, which allows a caller so many a minute."""
LEVELS = ("specific", "actionable", "fitting", "respectful", "clear")


class Judge:
    """A judge of one experiment with an open round, and the tab in which that judge works."""

    def __init__(self, api: Api, tab: Tab, experiment: str, name: str) -> None:
        self.api, self.name = api, name
        self.page = Panel(tab, f"http://127.0.0.1:{api.port}")
        opened = api.ask(OPEN, experiment=experiment, judge=name)["openJudgeRound"]
        assert opened["__typename"] == "JudgeRound", opened
        self.round: str = opened["id"]
        wait_for(lambda: self.state() == "open", pause_s=PAUSE_S)

    def state(self) -> str:
        """How far the round is."""
        state: str = self.api.ask(STATE, round=self.round)["judgeRound"]["state"]
        return state

    def seen(self) -> Any:
        """The round as the server has it."""
        return self.api.ask(ROUND, round=self.round)["judgeRound"]

    def answers(self) -> dict[int, Any]:
        """The answers that the server has, by place: values by criterion, or the reason."""
        return {row["place"]: _said(row["answer"]) for row in self.seen()["items"]["nodes"] if row["answer"]}

    def close(self) -> None:
        """An admin closes the round."""
        self.api.ask(CLOSE, round=self.round)

    def enter(self) -> None:
        """Open the link of an invitation, and so the page."""
        invited = self.api.ask(INVITE, judge=self.name)["inviteUser"]
        assert invited["__typename"] == "Invitation", invited
        self.page.tab.visit(f"{self.page.base}{invited['signInPath']}")
        self.page.tab.press("Accept and sign in")
        self.page.tab.until("location.pathname === '/judge'")
        self.at(1)

    def at(self, place: int) -> None:
        """Wait until this item is shown."""
        self.page.tab.until(f"document.querySelector('h1')?.innerText.startsWith('Item {place} of ')")

    def press(self, keys: str) -> None:
        """Press keys one after another, as they stand on the buttons; a return is Enter."""
        for key in keys:
            if key == "\n":
                self.page.key("Enter", 13, "\r")
            else:
                self.page.key(key, ord(key.upper()), key)

    def score(self, place: int, keys: str) -> None:
        """Score the item that is shown by its five keys; the next one comes by itself."""
        self.at(place)
        self.press(keys)

    def until_saved(self) -> None:
        """Wait until nothing is left to be sent."""
        self.page.tab.until_seen("all saved")

    def until(self, holds: Callable[[dict[int, Any]], bool]) -> dict[int, Any]:
        """The server's answers once they are as they shall be."""
        found: dict[int, Any] = {}

        def look() -> bool:
            found.clear()
            found.update(self.answers())
            return holds(found)

        wait_for(look, pause_s=PAUSE_S)
        return found


def _said(answer: Any) -> Any:
    scores = {each["criterion"]: each["value"] for each in answer["scores"]}
    return answer["unscorable"] or [scores[name] for name in LEVELS]


def words(value: str) -> str:
    """A text as JavaScript has it."""
    return json.dumps(value)
