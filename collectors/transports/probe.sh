# handover probe: reads, and only reads. Every question stands below as one line that starts with
# `run` (a command), `quick` (one that waits for nobody) or `files` (files to read). Nothing is
# written, created, changed or removed; there is no temporary file. Answers are framed by a nonce that changes with every audit.
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
*' -k'*) T=timeout ;;
esac
renice -n 19 -p $$ >/dev/null 2>&1
case ${SUDO-} in 'sudo -n') ;; *) SUDO= ;; esac
export SUDO R N  # not as arguments: those stand in the process list
exec 4>&1

# known: what several parts would find out, each for itself.
known() { case $G in 1) find_shut; find_remote; find_homes ;; esac; }

# part FUNCTION: some of the questions. Their answers are sent in large pieces where G says so: each
# small one costs a packet, and both ends work for it.
part() {
  case $G in
  1) { exec 4>&1; "$1"; printf %s "$P"; } | dd ibs=16k obs=32k 2>/dev/null ;;
  *) "$1" ;;
  esac
}

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

# quick NAME SECONDS BYTES TOOL TEXT: as run, for a command that waits for nobody and tells no more
# than there is. It needs no watch; should it hang, who asks notices, and leaves it out next time.
quick() {
  case $SUDO in ?*) run "$@"; return ;; esac
  case $SKIP in *" $1 "*) return ;; esac
  if [ "$4" != - ] && missing "$4"; then
    begin "$1"
    end "$1" absent "$4"
    return
  fi
  begin "$1"
  how=$(set +f; eval "$5" 2>&1 >&4)
  set -- "$1" "$?"
  [ "${#how}" -le 300 ] || how=$(printf %s "$how" | tail -c 300)
  name=$1 status=$2
  IFS=$NL; set -- $how; IFS=' '
  end "$name" "$status" "$*"
  unset IFS
}

# missing TOOL: there is no such program, and no directory that could hide it from this account.
missing() {
  command -v "$1" >/dev/null 2>&1 && return 1
  case $1 in
  */*) may_exist "$1" && return 1 ;;
  *)
    [ -n "${SHUT+x}" ] || find_shut
    for d in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
      [ -e "$d/$1" ] && return 1
      case $SHUT in *" $d "*) return 1 ;; esac
    done ;;
  esac
  return 0
}
find_shut() { # directories of programs that may not be entered; once for all
  SHUT=
  for d in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    if [ ! -x "$d/" ] && may_exist "$d/x"; then SHUT="$SHUT $d "; fi
  done
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
# flags: m meta, n no content, s a filter of one program, - none. GRANTED: files and directories that
# sudo may read for us.
# It runs in this shell: who asks notices when it hangs, and leaves it out next time.
files() {
  case $SKIP in *" $1 "*) return ;; esac
  begin "$1"
  [ -n "${REMOTE+x}" ] || find_remote
  case "$*" in *"{home}"*) [ -n "${HOMES+x}" ] || find_homes ;; esac
  look "$@" 2>/dev/null
  set -- "$1" "$?"
  set -f; unset IFS
  end "$1" "$2" ""
}
find_remote() { # network mounts, a line each; once for all
  REMOTE=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-") t = $(i + 1) }
    t ~ /^(nfs|cifs|smb|autofs|afs|ceph|gluster|lustre|9p|fuse\.)/ { print $5 }' /proc/self/mountinfo 2>/dev/null)
}
find_homes() { # as homes tells them, without those that are not there; once for all
  HOMES=$(set +f; homes) NAMED=$HOMES
  IFS=$NL; set -- $HOMES; IFS=; HOMES=
  for line in "$@"; do
    h=${line%%	*} s=
    remote "$h" || [ -e "$h" ] || [ -L "$h" ] || reach "$h"
    case $s in absent) ;; *) HOMES=$HOMES$line$NL ;; esac
  done
  unset IFS
}
look() {
  bytes=$3 most=$4 flags=$5 filter=$6 granted=$7; shift 7
  set +f; IFS=; n=0 who=- batch=
  for p in "$@"; do
    case $p in
    "{home}"/*)
      [ -n "$NAMED" ] || return 1
      IFS=$NL
      for line in $HOMES; do
        h=${line%%	*} who=${line#*	}
        IFS=; walk "${h%/}" "${p#*/}"; listed; IFS=$NL
      done
      IFS=; who=- ;;
    *) walk "" "${p#/}" ;;
    esac
  done
  listed
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
  case $1 in *"$NL"*) ;; *) case $flags in *n*) batch=$batch$1$NL; return ;; esac ;; esac
  m="- - - -"
  case $flags in *[mn]*) meta "$1" ;; esac
  frame ok "$who" "$m" "$1"
  broken=
  case $flags in *n*) ;; *) content "$1" ;; esac
  echo
  [ -z "$broken" ] || { frame broken "$who" "- - - -" "$1"; echo; }
}
meta() { m=$(stat -L -c "%U %a %s %Y" -- "$1" 2>/dev/null) || m="- - - -"; }
listed() { # the files of which only the meta is wanted, by one program
  [ -n "$batch" ] || return 0
  IFS=$NL; set -f; set -- $batch; set +f; IFS=; batch=
  case $who in
  *%*) m= ;;
  *) m=$(stat -L -c "$R$N F ok $who %U %a %s %Y %n$NL" -- "$@" 2>/dev/null) || m= ;;
  esac
  if [ -n "$m" ]; then printf "%s\n\n" "$m"; return; fi
  for e in "$@"; do meta "$e"; frame ok "$who" "$m" "$e"; echo; done
}
content() { # a file, through the filter. Sets broken
  if [ -n "$root" ]; then
    if [ -n "$filter" ]; then printf "%s" "$text" | filtered || [ $? -eq 1 ] || broken=x
    else printf "%s" "$text" | head -c "$bytes"; fi
    return
  fi
  case $1 in /proc/* | /sys/*) ;; *) [ -s "$1" ] || return 0 ;; esac
  if [ -n "$filter" ]; then
    { ( filtered ) || [ $? -eq 1 ] || broken=x; } <"$1" || broken=x
    return
  fi
  case $1 in /sys/class/* | /sys/module/*) lines "$1" && return ;; esac
  head -c "$bytes" <"$1" || broken=x
}
lines() { # a short file of the kernel. Fails when there is nothing, or nothing may be read
  m=
  { while IFS= read -r e; do m=$m$e$NL; done; m=$m$e; } <"$1"
  printf %s "$m"
  [ -n "$m" ]
}
filtered() { # at most so much memory: a line can be as long as the file
  ulimit -S -v 262144
  case $flags in *s*) eval "exec $filter" ;; *) eval "$filter" ;; esac
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
  case $2 in
  *[*?]*) fixed=${2%%[*?]*} ;;
  *) fixed= ; set -- "$1${2:+/$2}" "" ;;
  esac
  case $fixed in */*) fixed=${fixed%/*}; set -- "$1/$fixed" "${2#"$fixed"/}" ;; esac
  if remote "$1"; then frame remote "$who" "- - - -" "$1${2:+/$2}"; echo; return; fi
  if [ -z "$2" ]; then one "$1"; return; fi
  case $2 in */*) set -- "$1" "${2%%/*}" "${2#*/}" ;; *) set -- "$1" "$2" "" ;; esac
  if [ ! -d "$1/" ]; then reach "$1"; elif [ -n "$SUDO" ] && closed "$1"; then s=denied; else s=; fi
  if [ "$s$3" = denied ]; then from_root grep "$1"; fi
  case $s in
  absent) return ;;
  ok) frame tree - "- - - -" "$1"; printf "%s\n" "$text"; return ;;
  esac
  if [ ! -d "$1/" ]; then frame hidden - "- - - -" "$1"; echo; return; fi
  if [ ! -r "$1/" ] || [ ! -x "$1/" ]; then frame hidden "$who" "- - - -" "$1"; echo; return; fi
  for e in "$1"/$2; do if remote "$e" || [ -e "$e" ] || [ -L "$e" ]; then walk "$e" "$3"; fi; done
}
homes() { # home TAB accounts, a line each; directories below /home that no account names as well
  named=$(awk -F: -v tab="	" '$6 ~ /^\// && $6 != "/nonexistent" { a[$6] = a[$6] (a[$6] ? "," : "") $1 }
    END { for (h in a) print h tab a[h] }' /etc/passwd 2>/dev/null)
  printf "%s\n" "$named"
  for h in /home/*; do
    case $NL$named in *"$NL$h/"* | *"$NL$h	"*) continue ;; esac
    if [ -d "$h" ]; then printf "%s	%s\n" "$h" "${h##*/}"; fi
  done
}
remote() { # what lies on a network mount is named, never touched: a dead server would hold us up
  [ -n "$REMOTE" ] || return 1
  IFS=$NL
  for m in $REMOTE; do case $1/ in "$m"/*) IFS=; return 0 ;; esac; done
  IFS=
  return 1
}
