#!/bin/sh
# Checks the code, then runs the tests: `test.sh check` the checks and tests/structure, `test.sh fast` no slow
# tests, `test.sh` everything. A group of tests whose packages are missing is named; with CI=true that is a failure.
set -eu
cd "$(dirname "$0")/.."
what=${1:-all}
python=${PYTHON_BIN:-.venv/bin/python}
case $what in
check | fast | all) ;;
*) echo "test.sh: $what is not one of check, fast: leave it out for all tests" >&2; exit 2 ;;
esac

# Some images set this. Without bytecode each of the tests' hundreds of processes compiles what it imports again.
unset PYTHONDONTWRITEBYTECODE

timed() {
    name=$1
    shift
    start=$(date +%s)
    output=$("$@" 2>&1) || { echo "$output"; echo "$name: failed" >&2; exit 1; }
    echo "$name: ok, $(($(date +%s) - start)) s"
}

timed format "$python" -m ruff format --check --quiet .
timed lint "$python" -m ruff check --quiet .
timed imports "$python" -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

# Types take minutes of one core when nothing is cached: tests begin beside them, and the answer comes after theirs.
said=$(mktemp)
"$python" -m mypy --no-error-summary >"$said" 2>&1 &
types=$!
trap 'kill "$types" 2>/dev/null || true; rm -rf "$said" ${memory:+"$memory"}' EXIT

# Tests write many small files and wait until each is safe: they lie in memory where 8 GB of it are free and programs
# may be there, as some of the tests', and go at the end. TMPDIR=/tmp leaves what failing tests wrote.
GB8_IN_KB=8388608
in_memory() {
    [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -ge $GB8_IN_KB ] &&
        [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -ge $GB8_IN_KB ] &&
        memory=$(mktemp -d /dev/shm/tests.XXXXXX) &&
        echo '#!/bin/sh' >"$memory/program" && chmod 755 "$memory/program" && "$memory/program" &&
        chmod 1777 "$memory" # as /tmp is: PostgreSQL runs as another user
}
memory=
if [ -z "${TMPDIR:-}" ] && in_memory 2>/dev/null; then
    export TMPDIR="$memory"
else
    rm -rf ${memory:+"$memory"}
    memory=
fi

# A file keeps its servers, and tests/conftest.py decides which file comes first. Tests wait for what they start, so
# there is one more of their processes than there are cores.
workers=$(($(getconf _NPROCESSORS_ONLN) + 1))
tests() {
    failed=0
    "$python" -m pytest -n $((workers < 4 ? workers : 4)) --dist loadscope --no-loadscope-reorder \
        ${memory:+"--basetemp=$memory/t"} "$@" || failed=$?
    wait "$types" || { cat "$said"; echo "types: failed" >&2; exit 1; }
    echo "types: ok"
    exit "$failed"
}

case $what in
check) tests -q tests/structure ;;
fast) tests -q -m "not slow" ;;
esac

missing=$(scripts/debian-packages.sh)
if [ -z "$missing" ]; then tests; fi
echo "$missing" | while read -r group packages; do
    echo "left out: the $group tests, which need: $packages" >&2
done
if [ "${CI:-}" = true ]; then
    echo "CI=true: a group of tests left out is a failure" >&2
    exit 1
fi
tests -m "$(echo "$missing" | sed 's/ .*//; s/^/and not /' | tr '\n' ' ' | sed 's/^and //')"
