"""What shapes an answer, and whose prices count."""

import pytest

from core.benchmark.model import Endpoint, Model, embedded_at_a_time, sharing


def test_prices_are_the_sources_only_for_a_tape() -> None:
    """A tape follows its source to the end; every other model counts for itself."""
    paid = Model("m", "openai", price_in=1.0)
    tape = Model("t", "tape", source="m", source_model=paid, tape="t.jsonl")
    assert Model("u", "tape", source="t", source_model=tape, tape="u.jsonl").priced == paid
    assert tape.priced == paid
    assert paid.priced == paid


def test_the_hash_of_a_tape_leaves_its_file_out() -> None:
    """Where the recordings lie shapes no answer; what is recorded does."""
    tape = Model("t", "tape", source="m", tape="t.jsonl")
    assert tape.generation_hash == Model("t", "tape", source="m", tape="other.jsonl").generation_hash
    assert tape.generation_hash != Model("t", "tape", source="n", tape="t.jsonl").generation_hash


def _server(url: str, name: str = "far") -> Model:
    return Model(name, "openai", endpoint=Endpoint("e", url))


SMALL, SLIM = Model("small", "embedded"), Model("slim", "embedded", threads=1)
LOCAL = [_server(f"http://{host}/v1") for host in ("localhost:11434", "127.0.0.1:8000", "127.9.9.9", "[::1]:8000")]


@pytest.mark.parametrize(
    ("models", "cores", "at_a_time"),
    [
        ((), 8, 1),
        ((SMALL,), 8, 1),
        ((SMALL, SMALL), 8, 2),
        ((SMALL, SMALL), 7, 1),
        ((SMALL, SMALL), 2, 1),
        ((SLIM, SLIM), 2, 1),
        ((SLIM, SLIM, SLIM), 3, 3),
        ((SLIM, SLIM, LOCAL[0]), 3, 2),
        ((SLIM, SLIM, LOCAL[0], LOCAL[1]), 3, 1),
    ],
)
def test_embedded_models_answer_together_where_every_thread_has_a_core(
    models: tuple[Model, ...], cores: int, at_a_time: int
) -> None:
    """A server on this machine wants a core too; on two cores one answers at a time."""
    assert embedded_at_a_time(models, cores) == at_a_time


@pytest.mark.parametrize("server", LOCAL)
def test_an_embedded_model_shares_the_machine_with_a_server_on_it(server: Model) -> None:
    """Neither shares it with a server elsewhere, or alone."""
    far = _server("https://localhost.example.org/v1", "other")
    assert sharing([SMALL, far, server, Model("template", "template")]) == ("small", "far")
    assert sharing([SMALL, far]) == sharing([SMALL, SLIM]) == sharing([server, far]) == ()
