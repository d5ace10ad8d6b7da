"""Settings from the environment and tipbench.toml."""

from pathlib import Path

import pytest

from wiring.settings import PACKAGE, SettingsError, read_settings


def test_the_nearest_project_counts_and_the_environment_wins(tmp_path: Path) -> None:
    """A folder below a project belongs to it; TIPBENCH_HOME and --project override."""
    (tmp_path / "tipbench.toml").write_text("[defaults]\nn_tips = 3\n[up]\nport = 4000\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    settings = read_settings({}, below, None)
    assert settings.project == tmp_path
    assert settings.home.root == tmp_path / ".tipbench"
    assert (settings.defaults.n_tips, settings.defaults.seed, settings.port) == (3, 0, 4000)
    assert [layer.name for layer in settings.layers] == ["packaged", "project", "home"]
    other = read_settings({"TIPBENCH_HOME": str(tmp_path / "h")}, below, tmp_path / "a")
    assert (other.project, other.home.root) == (tmp_path / "a", tmp_path / "h")


def test_a_byte_order_mark_before_the_settings_is_read_over(tmp_path: Path) -> None:
    """As some editors save them."""
    (tmp_path / "tipbench.toml").write_bytes(b"\xef\xbb\xbf[defaults]\r\nn_tips = 3\r\n")
    assert read_settings({}, tmp_path, None).defaults.n_tips == 3


def test_the_repository_is_a_project_of_its_own() -> None:
    """Its catalog is the packaged one and stands once among the layers."""
    settings = read_settings({}, PACKAGE, None)
    assert [layer.name for layer in settings.layers] == ["packaged", "home"]


@pytest.mark.parametrize(
    ("text", "said", "key"),
    [
        (
            "[defaults]\nn_tip = 3\n",
            r"toml:2: field 'defaults.n_tip' is not known: use models, prompts, n_tips",
            ("defaults.n_tip",),
        ),
        (
            "[up]\n[defaults]\nn_tips = 5000\n",
            r"toml:3: defaults.n_tips is 5000: use a number from 1 to 1000",
            ("defaults.n_tips",),
        ),
        (
            "[defaults]\nn_tips = 'x'\n",
            r"toml:2: field 'defaults.n_tips' is not a whole number but a text",
            ("defaults.n_tips",),
        ),
        ("[defaults]\nfailures = 'no'\n", "'no' is not one of worst, excluded", ("defaults.failures",)),
        ('[up]\nlog_to = "x"\n', "'x' is not one of file, stderr", ("up.log_to",)),
        ("[[auth.providers]]\nname = 3\n", "is not a text but a whole number", ("auth.providers[0].name",)),
        ('[catalog]\npackaged = ["prompt"]\n', "prompt", ("catalog.packaged",)),
        ("[up\n", "line 1", ()),
        ('[up]\ncors_origins = ["*"]\n', "cors_origins", ("up.cors_origins",)),
        ('[up]\ntrusted_proxies = ["proxy"]\n', "trusted_proxies", ("up.trusted_proxies",)),
        ('[up]\negress_exceptions = ["10.0.0.1"]\n', "egress_exceptions", ("up.egress_exceptions",)),
    ],
)
def test_a_wrong_value_names_file_and_key(tmp_path: Path, text: str, said: str, key: tuple[str, ...]) -> None:
    """The error says where and what, in words and as data."""
    (tmp_path / "tipbench.toml").write_text(text)
    with pytest.raises(SettingsError, match=said) as refused:
        read_settings({}, tmp_path, None)
    assert str(tmp_path / "tipbench.toml") in str(refused.value)
    assert refused.value.path == key


def test_a_project_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong --project says how to make one."""
    with pytest.raises(SettingsError, match="tipbench init"):
        read_settings({}, tmp_path, tmp_path / "none")


def test_keys_are_never_shown(tmp_path: Path) -> None:
    """The environment does not appear in the record's text."""
    settings = read_settings({"OPENAI_API_KEY": "sk-planted"}, tmp_path, None)
    assert "sk-planted" not in repr(settings)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    """TIPBENCH_HOME must be a folder, or nothing yet."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"TIPBENCH_HOME is .*file, which is no folder"):
        read_settings({"TIPBENCH_HOME": str(tmp_path / "file")}, tmp_path, None)
