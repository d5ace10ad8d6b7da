#!/bin/sh
# The one list of Debian packages that groups of tests need. Installs what the tests use, as root on Debian; prints the
# groups that stay without their packages, one a line: GROUP PACKAGES…
set -eu
cd "$(dirname "$0")/.."

groups() {
    echo "browser chromium chromium-headless-shell"
    echo "faketime faketime"
    echo "opensmtpd opensmtpd"
    echo "postgresql postgresql"
}

installed() {
    dpkg-query -W -f '${Status}\n' "$@" 2>/dev/null | grep -c 'ok installed' | grep -qx "$#"
}

groups | while read -r group packages; do
    grep -rqs --include='*.py' "mark\.$group\b" tests || continue
    # shellcheck disable=SC2086 # a list of packages is meant
    if command -v dpkg-query >/dev/null && installed $packages; then continue; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        start=$(date +%s)
        echo "set-up: installing for the $group tests: $packages …" >&2
        # shellcheck disable=SC2086
        if { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $packages; } \
            >/tmp/tipbench-apt.$$ 2>&1 </dev/null
        then
            echo "set-up: installing for the $group tests: $(($(date +%s) - start)) s" >&2
            rm -f /tmp/tipbench-apt.$$
            continue
        fi
        tail -5 /tmp/tipbench-apt.$$ >&2
        rm -f /tmp/tipbench-apt.$$
    fi
    echo "$group $packages"
done
