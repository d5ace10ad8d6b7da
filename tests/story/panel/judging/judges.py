"""A judge at the page of judges: invited by a link, with a round that is open, seen from the browser and the server."""

from typing import Any

from playwright.sync_api import expect

from tests.story.panel.pages import Panel
from tests.story.peers.api import Api
from tests.story.peers.up import wait_for

INVITE = """mutation($judge: String!, $again: Boolean!) { inviteUser(role: JUDGE, judge: $judge, again: $again) {
  __typename ... on Invitation { signInPath } ... on Failure { message } } }"""
OPEN = """mutation($experiment: String!, $judge: String!) { openJudgeRound(experiment: $experiment, judge: $judge) {
  __typename ... on JudgeRound { id } ... on Failure { message } } }"""
CLOSE = "mutation($round: String!) { closeJudgeRound(round: $round) { __typename } }"
ITEMS = """query($round: String!) { judgeRound(round: $round) { items(first: 60) { nodes {
  place answer { scores { criterion value } unscorable } } } } }"""
STATE = "query($round: String!) { judgeRound(round: $round) { state } }"
STORED = """() => new Promise((done, failed) => {
  const opening = indexedDB.open("tipbench-judging");
  opening.onerror = failed;
  opening.onsuccess = () => {
    const reading = opening.result.transaction(["waiting", "kept"]).objectStore("kept").count();
    reading.onsuccess = () => { opening.result.close(); done(reading.result); };
    reading.onerror = failed;
  };
})"""
PAUSE_S = 1.0
"""Between two looks at the server, which allows a caller so many a minute."""
LEVELS = ("specific", "actionable", "fitting", "respectful", "clear")


class Judge:
    """A judge of one experiment with an open round, and the page at which that judge works."""

    def __init__(self, api: Api, panel: Panel, experiment: str, name: str) -> None:
        self.api, self.panel, self.page, self.name = api, panel, panel.page, name
        opened = api.ask(OPEN, experiment=experiment, judge=name)["openJudgeRound"]
        assert opened["__typename"] == "JudgeRound", opened
        self.round: str = opened["id"]
        wait_for(lambda: self.state() == "open", pause_s=PAUSE_S)

    def state(self) -> str:
        """How far the round is."""
        state: str = self.api.ask(STATE, round=self.round)["judgeRound"]["state"]
        return state

    def answers(self) -> dict[int, Any]:
        """The answers that the server has, by place: values by criterion, or the reason."""
        rows = self.api.ask(ITEMS, round=self.round)["judgeRound"]["items"]["nodes"]
        return {row["place"]: _said(row["answer"]) for row in rows if row["answer"]}

    def close(self) -> None:
        """An admin closes the round."""
        self.api.ask(CLOSE, round=self.round)

    def invitation(self, *, again: bool = False) -> str:
        """The address of a link that makes a user who answers as this judge, or lets that one in again."""
        invited = self.api.ask(INVITE, judge=self.name, again=again)["inviteUser"]
        assert invited["__typename"] == "Invitation", invited
        return f"{self.panel.base}{invited['signInPath']}"

    def enter(self) -> None:
        """Open the link of an invitation, and so the page."""
        self.page.goto(self.invitation())
        self.panel.press("Accept and sign in")
        self.page.wait_for_url(f"{self.panel.base}/judge")
        self.at(1)

    def at(self, place: int) -> None:
        """Wait until this item is shown."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(f"Item {place} of ")

    def press(self, keys: str) -> None:
        """Press keys one after another, as they stand on the buttons; a line's end is Enter."""
        for key in keys:
            self.page.keyboard.press("Enter" if key == "\n" else key)

    def score(self, place: int, keys: str) -> None:
        """Score the item that is shown by its five keys; the next one comes by itself."""
        self.at(place)
        self.press(keys)

    def saved(self) -> None:
        """Wait until nothing is left to be sent."""
        self.panel.sees("all saved")

    def wait_until_stored(self) -> None:
        """Wait until the browser's database has what was written to it by now, as it has before a person can reload."""
        self.page.evaluate(STORED)


def _said(answer: Any) -> Any:
    scores = {each["criterion"]: each["value"] for each in answer["scores"]}
    return answer["unscorable"] or [scores[name] for name in LEVELS]
