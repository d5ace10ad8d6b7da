#!/bin/sh
# Checks the code, then runs the tests: `test.sh check` the checks and tests/structure, `test.sh fast` no slow
# tests, `test.sh` everything. A group of tests whose packages are missing is named; with CI=true that is a failure.
set -eu
cd "$(dirname "$0")/.."
what=${1:-all}
python=${PYTHON_BIN:-.venv/bin/python}

timed() {
    name=$1
    shift
    start=$(date +%s)
    output=$("$@" 2>&1) || { echo "$output"; echo "$name: failed" >&2; exit 1; }
    echo "$name: ok, $(($(date +%s) - start)) s"
}

timed format "$python" -m ruff format --check --quiet .
timed lint "$python" -m ruff check --quiet .
timed types "$python" -m mypy --no-error-summary &
types=$!
timed imports "$python" -c "from importlinter.cli import lint_imports_command; lint_imports_command()" &
imports=$!
wait "$types"
wait "$imports"

# A file keeps its servers, and tests/conftest.py decides which file comes first.
parallel="-n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder"

case $what in
# shellcheck disable=SC2086 # options are meant
check) exec "$python" -m pytest -q $parallel tests/structure ;;
# shellcheck disable=SC2086
fast) exec "$python" -m pytest -q $parallel -m "not slow" ;;
all) ;;
*) echo "test.sh: $what is not one of check, fast: leave it out for all tests" >&2; exit 2 ;;
esac

missing=$(scripts/debian-packages.sh)
leave_out=
if [ -n "$missing" ]; then
    echo "$missing" | while read -r group packages; do
        echo "left out: the $group tests, which need: $packages" >&2
    done
    if [ "${CI:-}" = true ]; then
        echo "CI=true: a group of tests left out is a failure" >&2
        exit 1
    fi
    leave_out=$(echo "$missing" | sed 's/ .*//; s/^/and not /' | tr '\n' ' ' | sed 's/^and //')
fi
# shellcheck disable=SC2086 # options are meant
if [ -n "$leave_out" ]; then exec "$python" -m pytest $parallel -m "$leave_out"; fi
# shellcheck disable=SC2086
exec "$python" -m pytest $parallel
