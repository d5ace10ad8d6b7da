"""What a run that is not whole says to do next."""

from core.benchmark.model import Endpoint, Model
from wiring.operations.ending import where_set_up


def _model(name: str, key_env: str | None) -> Model:
    endpoint = Endpoint(name="far", base_url="http://127.0.0.1:1/v1", key_env=key_env)
    return Model(name=name, provider="openai", model=name, endpoint=endpoint)


def test_the_variable_of_a_key_is_named_where_a_model_stopped() -> None:
    """Of the stopped models only, each variable once, and none where an endpoint takes no key."""
    models = [_model("one", "ONE_KEY"), _model("two", "ONE_KEY"), _model("three", None)]
    assert where_set_up(models, {"one"}) == "its entry in catalog/models.toml or the key in ONE_KEY"
    assert where_set_up(models, {"one", "two"}) == "their entries in catalog/models.toml or the key in ONE_KEY"
    assert where_set_up(models, {"three"}) == "its entry in catalog/models.toml"
