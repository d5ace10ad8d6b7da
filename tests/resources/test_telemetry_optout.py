from resources.telemetry_optout import DEFAULTS, SWITCHES, opt_out_of_telemetry


def test_telemetry_is_off_whatever_was_set() -> None:
    """A switch that somebody turned on is turned off."""
    environ = {"MLFLOW_DISABLE_TELEMETRY": "false", "DO_NOT_TRACK": "0"}
    opt_out_of_telemetry(environ)
    assert {name: environ[name] for name in SWITCHES} == SWITCHES


def test_manners_give_way_to_a_person() -> None:
    """What somebody set on purpose stays."""
    environ = {"MLFLOW_HTTP_REQUEST_TIMEOUT": "120"}
    opt_out_of_telemetry(environ)
    assert environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "120"
    assert environ["MLFLOW_LOGGING_LEVEL"] == DEFAULTS["MLFLOW_LOGGING_LEVEL"]
