"""Settings of the whole suite: property tests are deterministic."""

from hypothesis import settings

settings.register_profile("tipbench", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("tipbench")
