#!/bin/bash
# Stands in for systemd in a box of stranger.mjs: starts what a unit file says, as the user and with the folders that it says.
set -euo pipefail
action=$1
shift
[ "$(id -u)" -eq 0 ] || { echo "Failed to $action $*: Interactive authentication required." >&2; exit 1; }
[ "$action" != daemon-reload ] || exit 0
if [ $# -ne 1 ]; then
  [ $# -gt 1 ] || { echo "systemctl $action: no unit is named" >&2; exit 1; }
  for unit in "$@"; do "$0" "$action" "$unit"; done
  exit
fi
unit=${1%.service}
file=/etc/systemd/system/$unit.service
[ -e "$file" ] || file=/usr/lib/systemd/system/$unit.service
[ -e "$file" ] || file=/lib/systemd/system/$unit.service
[ -e "$file" ] || { echo "Failed to $action $unit.service: Unit $unit.service not found." >&2; exit 5; }
pid=/run/$unit.pid

value() { sed -n "s/^$1=//p" "$file"; }
running() { [ -e "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; }

start() {
  local user command directory before
  running && return
  # Those with "+" are root's, those with "-" may fail; all of this is root's here.
  while IFS= read -r before; do
    case $before in
      +-* | -*) bash -c "${before#"${before%%[!+-]*}"}" || true ;;
      *) bash -c "${before#+}" ;;
    esac
  done < <(value ExecStartPre)
  user=$(value User)
  [ -z "$user" ] || getent passwd "$user" >/dev/null || { echo "Job for $unit.service failed: there is no user $user (code=exited, status=217/USER)." >&2; exit 1; }
  directory=$(value ConfigurationDirectory)
  [ -z "$directory" ] || mkdir -p "/etc/$directory"
  directory=$(value StateDirectory)
  [ -z "$directory" ] || install -d -o "${user:-root}" -g "${user:-root}" "/var/lib/$directory"
  read -ra command <<<"$(value ExecStart)"
  [ -x "${command[0]}" ] || { echo "Job for $unit.service failed: ${command[0]} is not there (code=exited, status=203/EXEC)." >&2; exit 1; }
  mkdir -p /var/log/journal.d
  (
    cd /
    umask "$(value UMask | grep . || echo 0022)"
    exec env -i PATH="$PATH" ${directory:+STATE_DIRECTORY=/var/lib/$directory} setsid setpriv ${user:+--reuid "$user" --regid "$user" --init-groups} "${command[@]}" \
      >>"/var/log/journal.d/$unit" 2>&1 </dev/null
  ) &
  echo $! >"$pid"
}

stop() {
  local one
  running || return 0
  one=$(cat "$pid")
  kill "$one"
  for _ in $(seq 100); do
    kill -0 "$one" 2>/dev/null || break
    [ "$(ps -o state= -p "$one" 2>/dev/null)" != Z ] || break
    sleep 0.1
  done
  kill -KILL "$one" 2>/dev/null || true
}

case "$action" in
  start) start ;;
  stop) stop ;;
  restart) stop && start ;;
  reload) kill -HUP "$(cat "$pid")" ;;
  enable) ;;
  is-active) running && echo active ;;
  *) echo "systemctl $action: not in this box" >&2 && exit 1 ;;
esac
