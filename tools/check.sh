#!/bin/sh
# Every check, whatever the others say; the last line names those that failed.
set -u
cd "$(dirname "$0")/.."
python=.venv/bin/python
failed=

check() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed="$failed $name"
}

check format .venv/bin/ruff format --check --quiet .
check lint .venv/bin/ruff check --quiet .
check types $python -m mypy
check imports $python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
check migrations $python -m guibin django makemigrations --check --dry-run
check django $python -m guibin django check --fail-level WARNING
check words $python tools/messages.py check
check front-end $python tools/vendor.py --check

if [ -n "$failed" ]; then
    echo "Not in order:$failed" >&2
    exit 1
fi
echo "All in order."
