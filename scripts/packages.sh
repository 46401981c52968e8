#!/bin/sh
# Installs those Debian packages named on standard input, a name a line, that are missing.
set -eu
missing=
while read -r name; do
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

fail() {
  echo "$1: install$missing yourself, then run make again" >&2
  exit 1
}
command -v apt-get >/dev/null || fail "no apt-get here"
if [ "$(id -u)" -eq 0 ]; then root=; elif command -v sudo >/dev/null; then root=sudo; else
  fail "neither root nor sudo"
fi
$root apt-get update -q || fail "apt-get update failed"
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing ||
  fail "apt-get install failed"
