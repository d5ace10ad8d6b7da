#!/bin/sh
# Resolves pyproject.toml into the two lock files, for Python 3.11 to 3.13, with hashes and without registry addresses.
set -eu
cd "$(dirname "$0")/.."
UV=${UV:-uv}
command -v "$UV" >/dev/null || { echo "lock: uv is missing: install it, or name it, as in make lock UV=/path/to/uv" >&2; exit 2; }
resolve() {
    "$UV" pip compile pyproject.toml "$@" --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header --quiet
}
resolve --extra build -o requirements.lock
resolve --all-extras -c requirements.lock -o requirements-dev.lock
