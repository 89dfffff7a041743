#!/usr/bin/env bash
# The proxy beside HAProxy and nginx, all three in front of the same static node, in one run. The rounds of the three
# are interleaved, so that a busy moment of the machine meets them alike; the numbers are ratios, of one round each, and
# the median of the rounds counts.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../firmware-scripts/lib/progress.sh
. "$here/../../firmware-scripts/lib/progress.sh"
# shellcheck source=../../firmware-scripts/lib/packages.sh
. "$here/../../firmware-scripts/lib/packages.sh"
# shellcheck source=servers.sh
. "$here/servers.sh"

usage() {
  cat <<'USAGE'
Usage: tests/benchmarks/proxy.sh [--agent PATH] [--bench NAME]... [--connections N]... [--rounds N] [--seconds N]

  --agent PATH      the native binary (default: builds it)
  --bench NAME      only this one; may be given more than once
  --connections N   only with so many connections (default: 1 and 8); may be given more than once
  --rounds N        rounds of each (default 5)
  --seconds N       length of one round (default 2)

Benches:
  attestation_data_first  a slot and committee nobody asked for before: goes to the node
  attestation_data        one that was asked before: the agent gives its first answer again
  genesis                 a plain read
  validators_1mb          a read whose answer is 1 MB
  block_post_100kb        a block of 100 KB; the agent sends it to every node, and there is one
  streams_200             200 idle event streams: memory, CPU, and how soon an event reaches all of them
RESULT: p50, p99, CPU per request and throughput of the agent as ratios to the others', its resident memory after the
load. For the streams: the listeners that heard every event, CPU in ms per second while nothing happens, memory of each.
USAGE
}

agent_binary='' rounds=5 seconds=2 benches=() connection_counts=()
while [ $# -gt 0 ]; do
  case "$1" in
    --agent) agent_binary=$(realpath "${2:?--agent needs a path}") && shift 2 ;;
    --bench) benches+=("${2:?--bench needs a name}") && shift 2 ;;
    --connections) connection_counts+=("${2:?--connections needs a number}") && shift 2 ;;
    --rounds) rounds=${2:?--rounds needs a number} && shift 2 ;;
    --seconds) seconds=${2:?--seconds needs a number} && shift 2 ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && fail "unknown argument: $1" ;;
  esac
done
all_benches=(attestation_data_first attestation_data genesis validators_1mb block_post_100kb streams_200)
[ ${#benches[@]} -gt 0 ] || benches=("${all_benches[@]}")
[ ${#connection_counts[@]} -gt 0 ] || connection_counts=(1 8)
for bench in "${benches[@]}"; do
  case " ${all_benches[*]} " in *" $bench "*) ;; *) fail "no bench is named $bench; there are: ${all_benches[*]}" ;; esac
done

# measure TARGET BENCH CONNECTIONS ROUND: one line "p50 p99 cpu rate": microseconds, microseconds, microseconds of CPU for
# each request, requests per second. An error of any request ends the run.
measure() {
  local line p50 p99 requests took failures before after
  before=$(cpu_ticks "${pid[$1]}")
  line=$(wrk -t1 -c"$3" -d"${seconds}s" -s "$here/requests.lua" "http://127.0.0.1:${port[$1]}" -- "$2" "$4" | grep '^MEASURED') ||
    fail "wrk could not measure $1"
  after=$(cpu_ticks "${pid[$1]}")
  read -r _ p50 p99 requests took failures <<<"$line"
  if [ "$failures" -gt 0 ] || [ "$requests" -eq 0 ]; then fail "$1 failed $failures of $requests requests ($2, $3 connections)"; fi
  awk -v p50="$p50" -v p99="$p99" -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" -v us="$took" \
    'BEGIN { print p50, p99, ticks * 1e6 / hz / n, n * 1e6 / us }'
}

# median: of the numbers on standard input.
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# ratio KEY OTHER COLUMN: of the agent's rounds to the other's.
ratio() { paste -d' ' "$run/agent.$1" "$run/$2.$1" | awk -v c="$3" '{ print $c / $(c + NF / 2) }' | median | xargs printf '%.2f'; }

compare() {
  local bench=$1 connections=$2 key="$1-$2" round target of column
  for ((round = 1; round <= rounds; round++)); do
    for target in upstream haproxy nginx agent; do
      measure "$target" "$bench" "$connections" $((round * 100000000)) >>"$run/$target.$key"
    done
  done
  for target in upstream haproxy nginx agent; do
    of=()
    for column in 1 2 3 4; do of+=("$(cut -d' ' -f$column "$run/$target.$key" | median)"); done
    say "$(printf '  %-22s %d connection(s)  %-8s  p50 %6.0f us  p99 %6.0f us  cpu %6.1f us  %7.0f/s' "$bench" "$connections" "$target" "${of[@]}")"
  done
  printf 'RESULT bench=%s connections=%d p50_vs_haproxy=%s p99_vs_haproxy=%s cpu_vs_haproxy=%s p50_vs_nginx=%s p99_vs_nginx=%s throughput_vs_haproxy=%s rss_mb=%s\n' \
    "$bench" "$connections" "$(ratio "$key" haproxy 1)" "$(ratio "$key" haproxy 2)" "$(ratio "$key" haproxy 3)" \
    "$(ratio "$key" nginx 1)" "$(ratio "$key" nginx 2)" "$(ratio "$key" haproxy 4)" "$(resident_mb "${pid[agent]}")"
}

# hold_streams TARGET COUNT: opens the streams, lets them idle for a while, has five events told. One line:
# "reached p50 p99 idle-cpu-ms-per-second resident-mb", where reached is the least of the five.
hold_streams() {
  local target=$1 count=$2 line reached p50 p99 before after least=$2 idle=5 event
  coproc listeners { exec node "$here/streams.mjs" listen "${port[$target]}" "${port[events]}" "$count" 2>"$run/listeners.log"; }
  # shellcheck disable=SC2154
  local to=${listeners[1]} from=${listeners[0]} process=$listeners_PID
  servers+=("$process")
  read -r -t 20 line <&"$from" || fail "$target did not open $count streams: $(cat "$run/listeners.log")"
  before=$(cpu_ticks "${pid[$target]}")
  sleep "$idle"
  after=$(cpu_ticks "${pid[$target]}")
  for event in 1 2 3 4 5; do
    printf '%s\n' "$event" >&"$to"
    read -r -t 10 _ reached p50 p99 <&"$from" || fail "an event through $target was lost: $(cat "$run/listeners.log")"
    if [ "$reached" -lt "$least" ]; then least=$reached; fi
    printf '%s %s\n' "$p50" "$p99" >>"$run/$target.streams"
  done
  printf '%s %s %s %s %s\n' "$least" "$(cut -d' ' -f1 "$run/$target.streams" | median)" "$(cut -d' ' -f2 "$run/$target.streams" | median)" \
    "$(awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" -v s="$idle" 'BEGIN { printf "%.1f", t * 1e3 / hz / s }')" "$(resident_mb "${pid[$target]}")" >"$run/$target.held"
  end_server "$process" || true
}

compare_streams() {
  local target reached p50 p99 cpu rss words='' at50 at99
  for target in haproxy nginx agent; do
    hold_streams "$target" "$1"
    read -r reached p50 p99 cpu rss <"$run/$target.held"
    say "$(printf '  streams_%-14s %-8s  reached %s  p50 %6.0f us  p99 %6.0f us  idle cpu %s ms/s  rss %s MB' "$1" "$target" "$reached" "$p50" "$p99" "$cpu" "$rss")"
    if [ "$target" = agent ]; then
      words="reached=$reached of=$1 $words cpu_ms_per_s=$cpu rss_mb=$rss p50_vs_haproxy=$(awk "BEGIN { printf \"%.2f\", $p50 / $at50 }") p99_vs_haproxy=$(awk "BEGIN { printf \"%.2f\", $p99 / $at99 }")"
    else
      words+="${words:+ }${target}_cpu_ms_per_s=$cpu ${target}_rss_mb=$rss"
      if [ "$target" = haproxy ]; then at50=$p50 at99=$p99; fi
    fi
  done
  printf 'RESULT bench=streams_%s %s\n' "$1" "$words"
  [ "$reached" -eq "$1" ] || fail "an event reached $reached of the agent's $1 streams"
}

need_commands wrk=wrk haproxy=haproxy nginx=nginx-light curl=curl node=nodejs
if [ -z "$agent_binary" ]; then agent_binary=$("$here/../../firmware-scripts/build.sh" | tail -n 1); fi
begin_run
start_events
start_upstream
start_haproxy
start_nginx
start_agent "$agent_binary"
for bench in "${benches[@]}"; do
  if [ "$bench" = streams_200 ]; then
    compare_streams 200
  else
    for connections in "${connection_counts[@]}"; do compare "$bench" "$connections"; done
  fi
done
