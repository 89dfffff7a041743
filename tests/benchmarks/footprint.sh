#!/usr/bin/env bash
# The native binary's size, its time from start to READY as systemd sees it, and its resident memory then.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
# shellcheck source=servers.sh
. "$here/servers.sh"

usage() {
  cat <<'EOF'
Usage: tests/benchmarks/footprint.sh [--agent PATH] [--rounds N]

  --agent PATH   the native binary (default: builds it)
  --rounds N     starts (default 5; the median counts)
EOF
}

agent_binary='' rounds=5
while [ $# -gt 0 ]; do
  case "$1" in
    --agent) agent_binary=$(realpath "${2:?--agent needs a path}") && shift 2 ;;
    --rounds) rounds=${2:?--rounds needs a number} && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done

# Prints "bound", and "ready" for the READY=1 of whoever writes to the socket; as systemd's own end would, stays until the end.
# shellcheck disable=SC2016
notify_socket='
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($s, pack_sockaddr_un($ARGV[0])) or die $!;
  $| = 1;
  print "bound\n";
  while (defined recv($s, my $message, 4096, 0)) { print "ready\n" if $message =~ /^READY=1$/m }'

# start_once: microseconds to READY and resident MB, on one line.
start_once() {
  local listener began ended socket=$run/notify.$1
  exec 8< <(exec perl -MSocket -e "$notify_socket" "$socket")
  listener=$!
  servers+=("$listener")
  read -r -t 5 _ <&8 || fail "no notification socket"
  began=${EPOCHREALTIME//[!0-9]/}
  serve agent env STATE_DIRECTORY="$run" NOTIFY_SOCKET="$socket" "$agent_binary" run --config "$(agent_config)"
  if ! read -r -t 30 _ <&8; then
    cat "$run/agent.log" >&2
    fail "not READY within 30 s"
  fi
  ended=${EPOCHREALTIME//[!0-9]/}
  printf '%s %s\n' $((ended - began)) "$(resident_mb "$server")" >>"$run/starts"
  end_server "$server" || fail "exit code $? after SIGTERM"
  exec 8<&-
  end_server "$listener" || true
}

median() { cut -d' ' -f"$1" "$run/starts" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

need_commands nginx=nginx-light curl=curl perl=perl-base
if [ -z "$agent_binary" ]; then agent_binary=$("$here/../../firmware-scripts/build.sh" | tail -n 1); fi
begin_run
start_upstream
for ((i = 1; i <= rounds; i++)); do start_once "$i"; done
printf 'RESULT bench=footprint binary_mb=%s ready_ms=%s rss_mb=%s\n' \
  "$(stat -c %s "$agent_binary" | awk '{ printf "%.1f", $1 / 1e6 }')" "$(median 1 | awk '{ printf "%.0f", $1 / 1000 }')" "$(median 2)"
