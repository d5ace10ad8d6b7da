"""The stores of every backend, one after the other."""

from pathlib import Path

import pytest

from contracts.storage import Storage
from tests.contracts.backends import BACKENDS


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Empty stores of one backend."""
    return BACKENDS[request.param](tmp_path)
