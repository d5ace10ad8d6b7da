"""What of an experiment's records a pack holds."""

from core.benchmark.model import Endpoint, Model
from core.judging.model_judges.ceiling import JudgeModelAmended
from resources.packs.names import PACKED, Names


def test_the_mended_model_of_a_judge_is_packed_without_its_address() -> None:
    """As the definition that it is a part of is."""
    model = Model(
        "good", "openai", endpoint=Endpoint("far", "http://127.0.0.1:9/v1", key_env="FAR_KEY"), omit=("seed",)
    )
    packed = Names([], [], shown=False).record(JudgeModelAmended("luna", model, "ann", "t"))
    assert isinstance(packed, PACKED)
    assert isinstance(packed, JudgeModelAmended)
    assert (packed.model.endpoint, packed.model.omit, packed.author) == (None, ("seed",), "ann")
