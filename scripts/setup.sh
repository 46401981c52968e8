#!/bin/sh
# Makes the virtual environment $1 and installs what the lock file $2 pins, then this project.
set -eu
venv=$1 lock=$2
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "handover needs Python 3.11 or newer; this is $(python3 -V 2>&1)" >&2
  exit 1
fi
# Debian ships venv without ensurepip until python3-venv is there.
python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv | sh scripts/packages.sh
"$venv/bin/python" -m pip --version >/dev/null 2>&1 || python3 -m venv "$venv"
echo "Setting up $venv: a minute or so, once."
pip() { "$venv/bin/python" -m pip --disable-pip-version-check -q "$@"; }
pip install --require-hashes -r "$lock"
pip install --no-deps --no-build-isolation --no-index -e .
