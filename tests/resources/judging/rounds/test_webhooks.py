import json
import stat
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from contracts.refusals import Conflict, InvalidInput, NotFound
from resources.judging.inbox import pending
from resources.judging.rounds.webhook_secrets import webhook_secrets
from resources.judging.rounds.webhooks import RETENTION_S
from resources.judging.upload_limits import QUOTA, SMALLEST_LIMIT, SMALLEST_MESSAGE, QuotaUsed
from resources.sql.tables import WEBHOOKS

NAME = "tip-bench-judged"


def _body(answers: Any, experiment: str = NAME) -> bytes:
    return json.dumps({"experiment": experiment, "answers": answers}, indent=1).encode()


def test_a_message_is_stored_once(setup: Any) -> None:
    """Again, also after it was published: the first receipt and no second effect; another body: conflict."""
    answers = setup.folder()
    first = setup.webhooks.take("judge", "m1", _body(answers))
    assert (first.state, first.judge, first.n_answers) == ("stored", "anna", 16)
    assert len(pending(setup.bench.home, NAME)) == 1
    assert setup.webhooks.take("judge", "m1", _body(answers)) == first
    assert len(setup.publish().accepted) == 1
    assert setup.webhooks.take("judge", "m1", _body(answers)) == first
    assert pending(setup.bench.home, NAME) == []
    with pytest.raises(Conflict):
        setup.webhooks.take("judge", "m1", _body(answers[:3]))
    assert setup.webhooks.take("judge", "m2", _body(answers)).state == "repeated"
    assert list((setup.bench.home.root / "uploads").iterdir()) == []


def test_a_rejected_message_may_come_corrected_under_its_id(setup: Any) -> None:
    """The lines are the answers' places; nothing of it is kept."""
    answers = setup.folder()
    wrong = _body([answers[0], {**answers[1], "item": "nobody"}, {"item": 3}])
    for _ in range(2):
        receipt = setup.webhooks.take("judge", "m1", wrong)
        assert (receipt.state, [p.line for p in receipt.problems]) == ("rejected", [2, 3])
    assert pending(setup.bench.home, NAME) == []
    assert setup.webhooks.take("judge", "m1", _body(answers)).state == "stored"


def test_parallel_messages_of_one_id_have_one_effect(setup: Any) -> None:
    """Twenty at once all get the same receipt."""
    body = _body(setup.folder())
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: setup.webhooks.take("judge", "m1", body), range(20)))
    assert all(receipt == said[0] for receipt in said)
    assert len(pending(setup.bench.home, NAME)) == 1
    with setup.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(WEBHOOKS)) == 1


def test_a_crash_between_file_and_id_is_mended_by_the_next_try(setup: Any) -> None:
    """The file is in place and the id is not noted: the retry stores nothing twice, published or not."""
    answers = setup.folder()
    first = setup.webhooks.take("judge", "m1", _body(answers))
    with setup.engine.begin() as connection:
        connection.execute(WEBHOOKS.delete())
    assert setup.webhooks.take("judge", "m1", _body(answers)) == first
    assert len(pending(setup.bench.home, NAME)) == 1
    setup.publish()
    with setup.engine.begin() as connection:
        connection.execute(WEBHOOKS.delete())
    assert setup.webhooks.take("judge", "m1", _body(answers)).state == "repeated"
    assert setup.bench.scores().current().num_rows == 16
    assert len(setup.bench.scores().sources()) == 1


def test_a_judge_has_a_quota_a_round(setup: Any) -> None:
    """Of bytes, a small message counted as its file; the same message again costs nothing, a new round has its own."""
    answers = setup.folder()
    setup.webhooks.take("judge", "m1", _body(answers[:1]))
    with setup.engine.begin() as connection:
        assert connection.scalar(sa.select(WEBHOOKS.c.size)) == SMALLEST_MESSAGE
        left = QUOTA * SMALLEST_LIMIT - SMALLEST_MESSAGE
        connection.execute(WEBHOOKS.update().values(size=left))
    assert setup.webhooks.take("judge", "m2", _body(answers[:2])).state == "stored"
    with pytest.raises(QuotaUsed, match="messages of this round") as refused:
        setup.webhooks.take("judge", "m3", _body(answers[:3]))
    assert refused.value.code == "RATE_LIMITED"
    assert len(pending(setup.bench.home, NAME)) == 2
    assert setup.webhooks.take("judge", "m2", _body(answers[:2])).state == "stored"
    setup.time += 60
    setup.open()
    assert setup.webhooks.take("judge", "m3", _body(answers[:3])).state == "stored"


def test_ids_are_kept_for_two_weeks(setup: Any) -> None:
    """Then an id may name another message, and old rows go."""
    answers = setup.folder()
    setup.webhooks.take("judge", "m1", _body(answers))
    setup.time += RETENTION_S - 10
    with pytest.raises(Conflict):
        setup.webhooks.take("judge", "m1", _body(answers[:2]))
    setup.time += 20
    assert setup.webhooks.take("judge", "m1", _body(answers[:2])).n_answers == 2


def test_ids_belong_to_an_endpoint(setup: Any) -> None:
    """The same id at two endpoints is two messages."""
    answers = setup.folder()
    setup.webhooks.take("judge", "m1", _body(answers[:8]))
    assert setup.webhooks.take("other", "m1", _body(answers[8:])).n_answers == 8


@pytest.mark.parametrize(
    "body",
    [
        b"", b"3", b"null", b"[[[[", b"[" * 100_000, b"\xff\xfe",
        b'{"experiment": "tip-bench-judged"}',
        b'{"experiment": 3, "answers": []}',
        b'{"experiment": "tip-bench-judged", "answers": {}}',
        b'{"experiment": "tip-bench-judged", "answers": [3]}',
        b'{"experiment": "tip-bench-judged", "answers": [], "more": 1}',
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(setup: Any, body: bytes) -> None:
    """A clear refusal, no file."""
    with pytest.raises(InvalidInput):
        setup.webhooks.take("judge", "m1", body)
    assert pending(setup.bench.home, NAME) == []


def test_a_message_is_read_over_as_a_file_is(setup: Any) -> None:
    """A mark, a fence and trailing commas around it are taken, and the receipt says so."""
    body = _body(setup.folder()).decode().replace("}\n  }", "},\n  }")
    receipt = setup.webhooks.take("judge", "m1", f"\ufeff```json\n{body}\n```".encode())
    assert (receipt.state, receipt.n_answers) == ("stored", 16)
    assert set(receipt.read_over) >= {"a Markdown fence", "trailing commas"}
    assert setup.webhooks.take("judge", "m2", _body(setup.folder())).read_over == []


def test_a_message_without_answers_is_rejected(setup: Any) -> None:
    """As an empty file is."""
    assert setup.webhooks.take("judge", "m1", _body([])).state == "rejected"


@pytest.mark.parametrize("name", ["tip-bench-nobody", "../../etc", "", "x" * 10_000])
def test_an_unknown_experiment_is_not_found(setup: Any, name: str) -> None:
    """Whatever it is called."""
    with pytest.raises(NotFound):
        setup.webhooks.take("judge", "m1", _body([], name))


def test_the_secret_is_made_once_and_kept_private(setup: Any) -> None:
    """The same at every start, readable by its owner alone; the environment's secrets count instead."""
    home = setup.bench.home
    first = webhook_secrets(home, None)
    assert webhook_secrets(home, "") == first
    path = home.root / "keys" / "webhook"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [secret[:6] for secret in first] == ["whsec_"]
    path.write_text("whsec_bmV3\n" + first[0] + "\n")
    assert webhook_secrets(home, None) == ["whsec_bmV3", first[0]]
    assert webhook_secrets(home, "whsec_a whsec_b") == ["whsec_a", "whsec_b"]
