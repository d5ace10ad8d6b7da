"""What shapes an answer, and whose prices count."""

from core.benchmark.model import Model


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
