"""What a report says of judging by models."""

from core.judging.model_judges.trial import JudgeTrial
from resources.report.judging_notes import judging_sentences


def test_money_and_noise_of_judging_are_said_where_a_model_judged() -> None:
    """Nothing without one."""
    trial = JudgeTrial(
        judge="luna", experiment="tip-bench-a", at="", author="", items=20, repeated=19, planted=(), noise=0.3, cost=0.5
    )
    assert judging_sentences(None, []) == []
    assert judging_sentences(1.25, [trial]) == [
        "Judging by models cost 1.2500 USD in all, which is in no cell's cost.",
        "Judge luna was tried: its answers to one item differ by an sd of 0.3 in rubric units, over 19 items that it "
        "scored twice; 0.5 USD spent on it.",
    ]
