#!/usr/bin/env bash
# The proxy's latency beside HAProxy and nginx, all three in front of the same static node, in one run. The rounds of
# the three are interleaved, so that a busy moment of the machine meets them alike; the numbers are ratios.
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
Usage: tests/benchmarks/proxy.sh [--agent PATH] [--rounds N] [--seconds N]

  --agent PATH   the native binary (default: builds it)
  --rounds N     rounds of each (default 5; the median counts)
  --seconds N    length of one round (default 2)

Benches: attestation_data_first, a slot and committee nobody asked for before: goes to the node;
attestation_data, one that was asked before: the agent gives its first answer again;
genesis, a plain read.
RESULT: ratios of the agent's latency to each of the others', its resident memory after the load.
EOF
}

agent_binary='' rounds=5 seconds=2
while [ $# -gt 0 ]; do
  case "$1" in
    --agent) agent_binary=$(realpath "${2:?--agent needs a path}") && shift 2 ;;
    --rounds) rounds=${2:?--rounds needs a number} && shift 2 ;;
    --seconds) seconds=${2:?--seconds needs a number} && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done

# measure TARGET BENCH CONNECTIONS ROUND: one line "p50 p99" in microseconds; an error of any request ends the run.
measure() {
  local line p50 p99 requests failures
  line=$(wrk -t1 -c"$3" -d"${seconds}s" -s "$here/requests.lua" "http://127.0.0.1:${port[$1]}" -- "$2" "$4" | grep '^MEASURED') ||
    fail "wrk could not measure $1"
  read -r _ p50 p99 requests failures <<<"$line"
  if [ "$failures" -gt 0 ] || [ "$requests" -eq 0 ]; then fail "$1 failed $failures of $requests requests ($2, $3 connections)"; fi
  printf '%s %s\n' "$p50" "$p99"
}

# median FILE COLUMN
median() { cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

ratio() { awk -v a="$(median "$run/agent.$1" "$3")" -v b="$(median "$run/$2.$1" "$3")" 'BEGIN { printf "%.2f", a / b }'; }

compare() {
  local bench=$1 connections=$2 key="$1-$2" round target
  for ((round = 1; round <= rounds; round++)); do
    for target in upstream haproxy nginx agent; do
      measure "$target" "$bench" "$connections" $((round * 100000000)) >>"$run/$target.$key"
    done
  done
  for target in upstream haproxy nginx agent; do
    say "$(printf '  %-24s %d connection(s)  %-8s  p50 %6.0f us  p99 %6.0f us' "$bench" "$connections" "$target" \
      "$(median "$run/$target.$key" 1)" "$(median "$run/$target.$key" 2)")"
  done
  printf 'RESULT bench=%s connections=%d p50_vs_haproxy=%s p99_vs_haproxy=%s p50_vs_nginx=%s p99_vs_nginx=%s rss_mb=%s\n' \
    "$bench" "$connections" "$(ratio "$key" haproxy 1)" "$(ratio "$key" haproxy 2)" "$(ratio "$key" nginx 1)" \
    "$(ratio "$key" nginx 2)" "$(resident_mb "$agent")"
}

need_commands wrk=wrk haproxy=haproxy nginx=nginx-light curl=curl
if [ -z "$agent_binary" ]; then agent_binary=$("$here/../../firmware-scripts/build.sh" | tail -n 1); fi
begin_run
start_upstream
start_haproxy
start_nginx
start_agent "$agent_binary"
say "$((rounds * seconds * 4 * 6)) seconds of load follow"
for bench in attestation_data_first attestation_data genesis; do
  for connections in 1 8; do compare "$bench" "$connections"; done
done
