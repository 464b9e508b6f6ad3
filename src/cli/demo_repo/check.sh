#!/bin/sh
# Runs the tests; says so where there is no Python to run them with.
cd "$(dirname "$0")/.." || exit 1
if ! command -v python3 >/dev/null; then
    echo "python3 is missing: the tests were not run"
    exit 0
fi
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=src exec python3 -m unittest discover -s tests -v
