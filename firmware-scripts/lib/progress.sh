# shellcheck shell=bash
# Progress on standard error, so that a script's standard output stays free for its result.

say() { printf '%s\n' "$*" >&2; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# with_progress LABEL LOGFILE COMMAND...: runs the command with its output in LOGFILE and shows that it is
# alive: one redrawn line on a terminal, else a line every 15 seconds. On failure shows the end of the log.
with_progress() {
  local label=$1 log=$2 began=$SECONDS shown=$SECONDS pid status=0
  shift 2
  say "$label ..."
  # In a process group of its own, so that Ctrl-C here ends it with all its children.
  set -m
  "$@" >"$log" 2>&1 &
  pid=$!
  set +m
  trap 'kill -- "-$pid" 2>/dev/null || true' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    if [ -t 2 ]; then
      printf '\r  %3d s  %.60s\033[K' $((SECONDS - began)) "$(tail -n 1 "$log" | tr -d '\r\033')" >&2
    elif [ $((SECONDS - shown)) -ge 15 ]; then
      shown=$SECONDS
      say "  $label: $((SECONDS - began)) s so far"
    fi
    # The only wait here: it ends early when the command does.
    timeout 1 tail --pid="$pid" -f /dev/null || true
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$status" -ne 0 ]; then
    say "$label failed (exit code $status). The end of $log:"
    tail -n 20 "$log" >&2
    return "$status"
  fi
  say "  done in $((SECONDS - began)) s"
}
