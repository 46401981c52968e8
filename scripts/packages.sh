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
# The tests start servers themselves, each in a folder of its own. Of what is installed here none
# may run: neither now (invoke-rc.d(8) asks policy-rc.d), nor after the next start (masked units).
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '$root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
  $root chmod 755 "$policy"
fi
units=
for name in $missing; do
  case $name in
    openssh-server) units="$units ssh.service ssh.socket" ;;
    samba) units="$units nmbd.service smbd.service samba-ad-dc.service" ;;
    slapd | winbind) units="$units $name.service" ;;
  esac
done
masks=/etc/systemd/system masked=
for unit in $units; do
  if [ -d "$masks" ] && [ ! -e "$masks/$unit" ] && [ ! -L "$masks/$unit" ]; then
    $root ln -s /dev/null "$masks/$unit"
    masked="$masked $unit"
  fi
done
$root apt-get update -q || fail "apt-get update failed"
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing ||
  fail "apt-get install failed"
for unit in $masked; do # a package may remove such links when it is installed: openssh-server does
  [ -L "$masks/$unit" ] || $root ln -s /dev/null "$masks/$unit"
done
[ -z "$masked" ] || echo "Kept from starting by themselves:$masked (systemctl unmask NAME lets one)"
