"""The calls of a bystander: each at a steady rate on a connection of its own, timed from when it was due.

A call that waits holds no other one up: each kind has several lanes, which take turns.
"""

import http.client
import json
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.server.hostile.served import BYSTANDER, CHECKS, Target, memory, processes

RATE = 8
"""Calls of a kind in a second; all of them stay below the rates of an account."""
LANES = 8
"""Calls of a kind that may be under way; only after a wait of so many calls is one made later than it was due."""
WAIT_S = 30.0
OPEN = "mutation($e: String!, $j: String!) { openJudgeRound(experiment: $e, judge: $j) { ... on JudgeRound { id } } }"
ITEMS = "query($r: String!) { judgeRound(round: $r) { state items(first: 50) { nodes { item } } } }"
SUBMIT = """mutation($r: String!, $a: AnswerInput!) {
  submitScores(round: $r, answer: $a) { __typename ... on Failure { code } } }"""
_COUNTING = threading.Lock()
CRITERIA = ("specific", "actionable", "fitting", "respectful", "clear")


@dataclass
class Timed:
    """How long the calls of one kind took, in seconds from when each was due, and how many were not answered well."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0

    def percentile(self, share: float) -> float:
        """Return the smallest time within which this share of the calls was answered, in milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1e3 if ordered else math.nan


@dataclass(frozen=True)
class Seen:
    """What a bystander saw: its calls by name, and the most memory of the server's processes, in MB."""

    calls: dict[str, Timed]
    memory: float


class Bystander:
    """Four kinds of calls, those to `submitScores` for an open round."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.round = target.ask(OPEN, "admin", e=target.experiment, j=BYSTANDER)["openJudgeRound"]["id"]
        found = target.ask(ITEMS, BYSTANDER, r=self.round)["judgeRound"]
        while found["state"] == "preparing":
            time.sleep(0.5)
            found = target.ask(ITEMS, BYSTANDER, r=self.round)["judgeRound"]
        self.items = [node["item"] for node in found["items"]["nodes"]]

    def watch(self, seconds: float, address: str, standing: frozenset[int] = frozenset()) -> Seen:
        """Return what is seen in that time from an address of 127.0.0.0/8, with the memory of processes.

        Those are `standing` and whoever checks an upload.
        """
        calls: dict[str, Callable[[int], bool]] = {
            "`{me}`": lambda _: self._graphql("{ me { subject } }", {}, address),
            "`/healthz`": lambda _: self._get("/healthz", address),
            "`/v1/home`": lambda _: self._get("/v1/home", address),
            "`submitScores`": lambda number: self._submit(number, address),
        }
        found = {name: Timed() for name in calls}
        began = time.perf_counter()
        threads = [
            threading.Thread(target=_repeat, args=(call, found[name], range(lane, int(seconds * RATE), LANES), start))
            for place, (name, call) in enumerate(calls.items())
            for start in (began + place / RATE / len(calls),)
            for lane in range(LANES)
        ]
        for thread in threads:
            thread.start()
        most = 0.0
        while any(thread.is_alive() for thread in threads):
            most = max(most, memory(standing | processes(self.target.home, CHECKS)))
            time.sleep(0.25)
        return Seen(found, most)

    def _submit(self, number: int, address: str) -> bool:
        scores = [{"criterion": name, "value": 1 + number % 5} for name in CRITERIA]
        scores.append({"criterion": "keeps_limits", "value": 1})
        answer = {"item": self.items[number % len(self.items)], "scores": scores}
        return self._graphql(SUBMIT, {"r": self.round, "a": answer}, address)

    def _graphql(self, query: str, variables: dict[str, object], address: str) -> bool:
        body = json.dumps({"query": query, "variables": variables})
        return self._call("POST", "/graphql", body, address)

    def _get(self, path: str, address: str) -> bool:
        return self._call("GET", path, None, address)

    def _call(self, method: str, path: str, body: str | None, address: str) -> bool:
        """Return whether an answer came that is no refusal."""
        connection = http.client.HTTPConnection("127.0.0.1", self.target.port, WAIT_S, (address, 0))
        headers = {"authorization": f"Bearer {self.target.tokens[BYSTANDER]}", "content-type": "application/json"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        else:
            return answer.status == 200 and b'"errors"' not in said and b'"code"' not in said
        finally:
            connection.close()


def _repeat(call: Callable[[int], bool], timed: Timed, numbers: range, began: float) -> None:
    for number in numbers:
        due = began + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        answered = call(number)
        took = time.perf_counter() - due
        with _COUNTING:
            timed.refused += not answered
            timed.seconds.append(took)
