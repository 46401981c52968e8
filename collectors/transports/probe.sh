# handover probe: reads, and only reads. Every question stands below as one line that starts with
# `run` (a command) or `files` (files to read). Nothing is written, created, changed or removed;
# there is no temporary file. Answers are framed by a nonce that changes with every audit.
# SUDO is empty, or `sudo -n` where single commands were granted to an ordinary account.
LC_ALL=C TZ=UTC PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL TZ PATH
unset ENV BASH_ENV CDPATH GREP_OPTIONS LESSOPEN
umask 077
set -f
R=$(printf '\036') NL='
'
T=
case $(timeout --help 2>&1) in
*BusyBox*) if command -v setsid >/dev/null 2>&1; then T=own; fi ;;
*) case $(timeout -k 1 1 echo ok 2>/dev/null) in ok) T=timeout ;; esac ;;
esac
renice -n 19 -p $$ >/dev/null 2>&1
case ${SUDO-} in 'sudo -n') ;; *) SUDO= ;; esac
export SUDO R N  # not as arguments: those stand in the process list
exec 4>&1

# own SECONDS PROGRAM [ARG..]: as timeout(1). BusyBox's keeps the pipes open for up to a second after
# each program has ended, which adds up to minutes; this watch holds none of them.
own() {
  seconds=$1; shift
  setsid "$@" & p=$!
  setsid sh -c 'sleep "$0"; kill -9 "-$1"' "$seconds" "$p" >/dev/null 2>&1 3>&- 4>&- & w=$!
  wait "$p"; status=$?
  kill -9 "$w" "-$w" 2>/dev/null # in this order: a dead watch starts no sleep any more
  return "$status"
}

# begin NAME, end NAME STATUS SAID: the frame's ends. The end is sent with what comes after it: each
# write is a packet on the way.
P=
begin() {
  printf '%s%s%s B %s\n' "$P" "$R" "$N" "$1"
  P=
}
end() {
  P="$NL$R$N E $1 $2 $3$NL"
}

# ask NAME SECONDS BYTES PROGRAM [ARG..]: one framed answer; the last line tells how it ended.
ask() {
  name=$1 seconds=$2 bytes=$3; shift 3
  begin "$name"
  case $T in own) t="own $seconds" ;; timeout) t="timeout -k 1 $seconds" ;; *) t= ;; esac
  how=$({ { $t /bin/sh -c "$@" 2>&3; printf '\nrc=%s' "$?" >&3; } | head -c "$bytes" >&4; } 3>&1 | tail -c 300)
  IFS=$NL; set -- ${how%"$NL"rc=*}; IFS=' '
  end "$name" "${how##*rc=}" "$*"
  unset IFS
}

# missing TOOL: there is no such program, and no directory that could hide it from this account.
missing() {
  command -v "$1" >/dev/null 2>&1 && return 1
  case $1 in
  */*) may_exist "$1" && return 1 ;;
  *)
    for d in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
      may_exist "$d/$1" && return 1
    done ;;
  esac
  return 0
}

# may_exist PATH: it does, or it lies below a directory that may not be entered.
may_exist() {
  [ -e "$1" ] && return
  d=$1
  while [ -n "$d" ] && [ ! -d "$d/" ]; do d=${d%/*}; done
  [ ! -x "$d/" ]
}

# run NAME SECONDS BYTES TOOL TEXT
run() {
  case $SKIP in *" $1 "*) return ;; esac
  if [ "$4" != - ] && missing "$4"; then
    begin "$1"
    end "$1" absent "$4"
    return
  fi
  ask "$1" "$2" "$3" "$5"
}

# files NAME SECONDS BYTES MOST FLAGS FILTER GRANTED PATTERN..
# flags: m meta, n no content, - none. GRANTED: files and directories that sudo may read for us.
# It runs in this shell: who asks notices when it hangs, and leaves it out next time.
files() {
  case $SKIP in *" $1 "*) return ;; esac
  [ -n "${REMOTE+x}" ] || find_remote
  case "$*" in *"{home}"*) [ -n "${HOMES+x}" ] || HOMES=$(set +f; homes) ;; esac
  begin "$1"
  ( look "$@" && exit 0; exit 1 ) 2>/dev/null
  end "$1" "$?" ""
}
find_remote() { # network mounts, a line each; once for all
  REMOTE=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-") t = $(i + 1) }
    t ~ /^(nfs|cifs|smb|autofs|afs|ceph|gluster|lustre|9p|fuse\.)/ { print $5 }' /proc/self/mountinfo 2>/dev/null)
}
look() {
  bytes=$3 most=$4 flags=$5 filter=$6 granted=$7; shift 7
  set +f; IFS=; n=0 who=-
  for p in "$@"; do
    case $p in
    "{home}"/*)
      [ -n "$HOMES" ] || return 1
      IFS=$NL
      for line in $HOMES; do
        h=${line%%	*} who=${line#*	}
        IFS=; walk "${h%/}" "${p#*/}"; IFS=$NL
      done
      IFS=; who=- ;;
    *) walk "" "${p#/}" ;;
    esac
  done
  return 0
}
frame() { # status accounts meta path
  case $4 in *"$NL"*) printf "%s F odd - - - - - (a name with a line break)\n\n" "$R$N"; return ;; esac
  printf "%s F %s %s %s %s\n" "$R$N" "$1" "$2" "$3" "$4"
}
reach() { # a path that does not exist: absent, or hidden by a directory that may not be entered
  d=$1
  while [ -n "$d" ] && [ ! -d "$d/" ]; do d=${d%/*}; done
  if [ -x "$d/" ]; then s=absent; else s=denied; fi
}
one() {
  root= text=
  if [ -f "$1" ]; then
    if [ -r "$1" ] && true 2>/dev/null <"$1"; then s=ok; else case $flags in *n*) s=ok ;; *) s=denied ;; esac; fi
  elif [ -e "$1" ]; then
    [ "$1" -ef /dev/null ] && return
    s=odd
  elif [ -L "$1" ]; then s=dangling
  else reach "$1"; fi
  case $s in denied) from_root cat "$1" ;; esac
  case $s in absent) return ;; esac
  n=$((n + 1))
  if [ "$n" -gt "$most" ]; then [ "$n" -eq $((most + 1)) ] && frame many - "- - - -" "$1"; return; fi
  if [ "$s" != ok ]; then frame "$s" "$who" "- - - -" "$1"; echo; return; fi
  m="- - - -"
  case $flags in *[mn]*) m=$(stat -L -c "%U %a %s %Y" -- "$1" 2>/dev/null) || m="- - - -" ;; esac
  frame ok "$who" "$m" "$1"
  broken=
  case $flags in *n*) ;; *) content "$1" ;; esac
  echo
  [ -z "$broken" ] || { frame broken "$who" "- - - -" "$1"; echo; }
}
content() { # a file, through the filter. Sets broken (141: the filter had seen enough)
  if [ -z "$root$filter" ]; then head -c "$bytes" <"$1" || broken=x; return; fi
  { broken=$({ taken "$1" | filtered >&4; } 3>&1); } 4>&1
}
taken() {
  if [ -n "$root" ]; then printf "%s" "$text" | head -c "$bytes"
  else head -c "$bytes" <"$1" || [ $? -eq 141 ] || echo x >&3; fi
}
filtered() {
  if [ -n "$filter" ]; then eval "$filter" || [ $? -eq 1 ] || echo x >&3; else cat; fi
}
from_root() { # cat FILE or grep DIRECTORY: what was granted, read by sudo. Sets s, root and text
  case $SUDO$granted in "sudo -n"*" $2 "*) ;; *) return ;; esac
  case $1 in cat) set -- cat "$2" ;; *) set -- grep -RnaH . "$2" ;; esac
  text=$({ e=$(sudo -n "$@" 2>&1 >&5); r=$?; } 5>&1
    for d in "$@"; do :; done
    case $1$r$e in
    *"sudo: "*) ;;
    grep1) r=0 ;;
    "cat1cat: $d: No such"* | "grep2grep: $d: No such"*) r=absent ;;
    esac
    printf "\n%s" "$r")
  r=${text##*"$NL"} text=${text%"$NL"*}
  case $r in 0) s=ok root=1 ;; absent) s=absent ;; esac
}
closed() { # a directory with something in it that this account may not read
  [ -r "$1/" ] && [ -x "$1/" ] || return 0
  for e in "$1"/*; do
    if [ -f "$e" ] && [ ! -r "$e" ]; then return 0; fi
  done
  return 1
}
walk() { # base, rest of the pattern
  if remote "$1"; then frame remote "$who" "- - - -" "$1${2:+/$2}"; echo; return; fi
  if [ -z "$2" ]; then one "$1"; return; fi
  case $2 in */*) set -- "$1" "${2%%/*}" "${2#*/}" ;; *) set -- "$1" "$2" "" ;; esac
  case $2 in
  *[*?]*)
    if [ ! -d "$1/" ]; then reach "$1"; elif [ -n "$SUDO" ] && closed "$1"; then s=denied; else s=; fi
    if [ "$s$3" = denied ]; then from_root grep "$1"; fi
    case $s in
    absent) return ;;
    ok) frame tree - "- - - -" "$1"; printf "%s\n" "$text"; return ;;
    esac
    if [ ! -d "$1/" ]; then frame hidden - "- - - -" "$1"; echo; return; fi
    if [ ! -r "$1/" ] || [ ! -x "$1/" ]; then frame hidden "$who" "- - - -" "$1"; echo; return; fi
    for e in "$1"/$2; do if remote "$e" || [ -e "$e" ] || [ -L "$e" ]; then walk "$e" "$3"; fi; done ;;
  *) walk "$1/$2" "$3" ;;
  esac
}
homes() { # home TAB accounts, a line each; directories below /home that no account names as well
  awk -F: -v tab="	" '$6 ~ /^\// && $6 != "/nonexistent" { a[$6] = a[$6] (a[$6] ? "," : "") $1 }
    END { for (h in a) print h tab a[h] }' /etc/passwd 2>/dev/null
  for h in /home/*; do
    if [ -d "$h" ]; then awk -F: -v h="$h" 'index($6 "/", h "/") == 1 { f = 1 } END { exit !f }' /etc/passwd || printf "%s	%s\n" "$h" "${h##*/}"; fi
  done
}
remote() { # what lies on a network mount is named, never touched: a dead server would hold us up
  [ -n "$REMOTE" ] || return 1
  IFS=$NL
  for m in $REMOTE; do case $1/ in "$m"/*) IFS=; return 0 ;; esac; done
  IFS=
  return 1
}
