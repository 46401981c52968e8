#!/bin/sh
# Makes the virtual environment $1 and installs what the lock file $2 pins, then this project.
set -eu
venv=$1 lock=$2
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "handover needs Python 3.11 or newer; this is $(python3 -V)" >&2
  exit 1
fi
if [ ! -x "$venv/bin/pip" ] && ! python3 -m venv "$venv" >/dev/null 2>&1; then
  if [ "$(id -u)" -eq 0 ]; then root=; elif command -v sudo >/dev/null; then root=sudo; else
    echo "Python has no venv module here: install python3-venv as root, then run make again" >&2
    exit 1
  fi
  $root apt-get update -q
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends python3-venv
  python3 -m venv "$venv"
fi
"$venv/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$lock"
"$venv/bin/python" - "$PWD" <<'PY'
import sys, sysconfig, pathlib
# The working tree itself is what runs: its packages by a path file, its command by a small script.
site = pathlib.Path(sysconfig.get_paths()["purelib"])
(site / "handover_working_tree.pth").write_text(sys.argv[1] + "\n")
command = pathlib.Path(sysconfig.get_paths()["scripts"]) / "handover"
command.write_text(f"#!{sys.executable}\nfrom agent.cli.main import main\n\nmain()\n")
command.chmod(0o755)
PY
