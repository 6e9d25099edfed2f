#!/bin/sh
# Makes what `make` needs, one step per word: python, packages, front, browser, spark, postgres, postgres-programs.
# Whatever is missing on the machine is named in one sentence.
set -eu
cd "$(dirname "$0")/.."
# Trust whom the machine trusts, so that a company's own proxy works (old and new name of the setting).
export UV_NATIVE_TLS="${UV_NATIVE_TLS:-true}" UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"

fail() {
    echo "$1" >&2
    exit 1
}

suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

make_python() {
    [ -w . ] || fail "This folder cannot be written by $(id -un): clone it to a place of your own."
    if [ -x .venv/bin/python ] && suitable .venv/bin/python && [ -x .venv/bin/uv ]; then
        pwd -P >.venv/.place
        return
    fi
    found=
    for candidate in "${PYTHON:-}" python3 python3.12 python3.13 python3.11; do
        [ -n "$candidate" ] || continue
        if command -v "$candidate" >/dev/null 2>&1 && suitable "$candidate"; then
            found=$candidate
            break
        fi
    done
    [ -n "$found" ] || fail "Python 3.11, 3.12 or 3.13 is needed and none was found: install one, or name it with PYTHON=."
    "$found" -c 'import venv, ensurepip' 2>/dev/null ||
        fail "The Python module venv is missing for $found: on Debian run apt-get install python3-venv."
    echo "Making .venv with $("$found" --version)"
    rm -rf .venv
    "$found" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv 2>.venv/pip.log ||
        { cat .venv/pip.log >&2; fail "The installer uv could not be fetched: is the package index reachable?"; }
    pwd -P >.venv/.place
}

install_packages() {
    echo "Installing locked packages"
    if ! .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes requirements/dev.txt; then
        echo "uv could not; trying pip"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt ||
            fail "The locked packages could not be installed: is the package index reachable?"
    fi
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable . ||
        fail "Guibin could not be installed into .venv."
}

make_front() {
    npm=npm
    command -v npm >/dev/null 2>&1 && npm --version >/dev/null 2>&1 || npm=.venv/bin/npm
    echo "Fetching front-end packages"
    "$npm" ci --no-progress --loglevel=error >.venv/npm.log 2>&1 ||
        { cat .venv/npm.log >&2; fail "The front-end packages could not be fetched: is the npm registry reachable?"; }
    .venv/bin/python tools/vendor.py
}

has_chromium() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1
}

has_font() {
    command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null)" ]
}

may_install() {
    [ -e /etc/debian_version ] && [ "$(id -u)" = 0 ]
}

apt_install() {
    echo "Installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1 ||
        { apt-get update -q >/dev/null 2>&1 &&
            DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null; } ||
        fail "apt-get could not install $*."
}

need_browser() {
    missing=
    has_chromium || missing="chromium"
    has_font || missing="$missing fonts-noto-cjk"
    [ -n "$missing" ] || return 0
    may_install || fail "The browser tests need these packages, which are not installed: $missing."
    case $missing in *fonts*) command -v fc-list >/dev/null 2>&1 || missing="$missing fontconfig" ;; esac
    # shellcheck disable=SC2086
    apt_install $missing
}

postgres_programs() {
    for folder in /usr/lib/postgresql/*/bin; do
        [ -x "$folder/initdb" ] && last=$folder
    done
    echo "${last:-}"
}

need_postgres() {
    [ -z "$(postgres_programs)" ] || return 0
    may_install || fail "The tests on an installed PostgreSQL need the package postgresql, which is not installed."
    apt_install postgresql
}

need_spark() {
    if ! command -v java >/dev/null 2>&1; then
        may_install || fail "The tests on Spark need a Java runtime, and none was found: install default-jre-headless."
        apt_install default-jre-headless
    fi
    .venv/bin/python -c 'import pyspark' 2>/dev/null && return
    echo "Installing locked packages of Spark"
    .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/spark.txt ||
        fail "The locked packages of Spark could not be installed: is the package index reachable?"
}

case "${1:-}" in
python) make_python ;;
packages) install_packages ;;
front) make_front ;;
browser) need_browser ;;
spark) need_spark ;;
postgres) need_postgres ;;
postgres-programs) postgres_programs ;;
*) fail "Say one of: python, packages, front, browser, spark, postgres, postgres-programs." ;;
esac
