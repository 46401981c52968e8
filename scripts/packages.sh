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
# The tests start servers themselves, each in a folder of its own: none of the packages' may run.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '$root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
  $root chmod 755 "$policy"
fi
for unit in nmbd samba-ad-dc slapd smbd winbind; do
  case $missing in *" $unit"* | *" samba"*) ;; *) continue ;; esac
  [ ! -d /etc/systemd/system ] || [ -e "/etc/systemd/system/$unit.service" ] ||
    [ -e "/etc/init.d/$unit" ] || $root ln -s /dev/null "/etc/systemd/system/$unit.service"
done
$root apt-get update -q || fail "apt-get update failed"
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing ||
  fail "apt-get install failed"
