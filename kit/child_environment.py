"""Names the variables that a child process is given: what it needs to run, and no key of a model or of sign-in."""

from collections.abc import Mapping

NEEDED = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TERM", "TMPDIR", "TMP", "TEMP",
        "LD_LIBRARY_PATH", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        "TIPBENCH_HOME", "TIPBENCH_PROJECT", "TIPBENCH_AUTHOR", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY",
        "MLFLOW_DISABLE_TELEMETRY", "MLFLOW_LOGGING_LEVEL", "GIT_PYTHON_REFRESH", "DO_NOT_TRACK",
        "OPENBLAS_NUM_THREADS",
    }
)  # fmt: skip
"""Of the daemon, the recorder and MLflow's server; the code server, which requests tips, is given everything."""
PREFIXES = ("LC_", "XDG_", "PYTHON", "DAGSTER_GRPC_")
STORES = frozenset(
    {
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_REGION",
        "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL",
        "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCESS_KEY",
    }
)  # fmt: skip
"""By which MLflow's client reaches the store of its artifacts."""


def needed(environ: Mapping[str, str]) -> dict[str, str]:
    """Return of `environ` what any process needs."""
    return {name: value for name, value in environ.items() if name in NEEDED or name.startswith(PREFIXES)}


def needed_by_mirror(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the process needs that writes to an MLflow server: the above, MLflow's own and its store's."""
    own = {name: value for name, value in environ.items() if name in STORES or name.startswith("MLFLOW_")}
    return {**needed(environ), **own}
