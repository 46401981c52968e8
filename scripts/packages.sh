#!/bin/sh
# Installs the Debian packages that tests need, those that are missing; the list is a file, a name a line.
set -eu
missing=
while read -r name; do
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $name"
done <"$1"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -eq 0 ]; then root=; elif command -v sudo >/dev/null; then root=sudo; else
  echo "tests need the packages$missing: install them as root, then run make again" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -q
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
