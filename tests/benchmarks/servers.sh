# shellcheck shell=bash
# The servers of a benchmark: a static beacon node, and what stands in front of it. All on loopback, all ended by
# stop_servers. Needs progress.sh, and the folder of these files in $here.

declare -A port=([upstream]=28470 [haproxy]=28471 [nginx]=28472 [agent]=28473 [status]=28474 [events]=28475)
declare -A pid=()
servers=()

# begin_run: the folder for sockets, logs and configurations of this run.
begin_run() {
  run=$(mktemp -d)
  # The workers of nginx may run as another user.
  chmod 711 "$run"
  PATH=$PATH:/usr/sbin:/sbin
  trap stop_servers EXIT
  trap 'exit 130' INT TERM
}

stop_servers() {
  local pid
  for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$run"
}

# serve NAME COMMAND...: in the background; its pid is then in $server.
serve() {
  local name=$1
  shift
  "$@" >"$run/$name.log" 2>&1 &
  server=$!
  pid[$name]=$server
  servers+=("$server")
}

# end_server PID: its exit code is the result.
end_server() {
  local pid others=()
  for pid in "${servers[@]}"; do [ "$pid" = "$1" ] || others+=("$pid"); done
  servers=("${others[@]}")
  kill "$1"
  wait "$1"
}

# await_ok NAME URL: until it answers 2xx; curl counts a 503 among what is worth another try.
await_ok() {
  if ! curl -sf -o /dev/null --retry 30 --retry-delay 1 --retry-connrefused --max-time 2 "$2"; then
    cat "$run/$1.log" >&2
    fail "$1 does not answer $2"
  fi
}

# nginx_conf NAME BODY: one worker, so that no server has more of the machine than another.
nginx_conf() {
  cat >"$run/$1.conf" <<EOF
daemon off;
worker_processes 1;
pid $run/$1.pid;
error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  keepalive_requests 1000000;
  client_body_temp_path $run/$1-body; proxy_temp_path $run/$1-proxy; fastcgi_temp_path $run/$1-fastcgi;
  uwsgi_temp_path $run/$1-uwsgi; scgi_temp_path $run/$1-scgi;
  $2
}
EOF
  printf '%s\n' "$run/$1.conf"
}

# start_events: what tells events, behind the upstream.
start_events() {
  # shellcheck disable=SC2154
  serve events node "$here/streams.mjs" serve "${port[events]}"
}

# start_upstream: a beacon node of fixed answers. A slot of 20 minutes that began just now keeps its head the
# right head for the whole run.
start_upstream() {
  local slot_seconds=1200 slot=100 root=0x4444444444444444444444444444444444444444444444444444444444444444
  validators >"$run/validators.json"
  genesis=$(($(date +%s) - slot * slot_seconds))
  serve upstream nginx -e stderr -c "$(nginx_conf upstream "
  default_type application/json;
  server {
    listen 127.0.0.1:${port[upstream]};
    location = /eth/v1/node/health { return 200; }
    location = /eth/v1/node/version { return 200 '{\"data\":{\"version\":\"Static/v1.0.0\"}}'; }
    location = /eth/v1/node/peer_count { return 200 '{\"data\":{\"disconnected\":\"0\",\"connecting\":\"0\",\"connected\":\"50\",\"disconnecting\":\"0\"}}'; }
    location = /eth/v1/node/syncing { return 200 '{\"data\":{\"head_slot\":\"$slot\",\"sync_distance\":\"0\",\"is_syncing\":false,\"is_optimistic\":false,\"el_offline\":false}}'; }
    location = /eth/v1/beacon/genesis { return 200 '{\"data\":{\"genesis_time\":\"$genesis\",\"genesis_validators_root\":\"$root\",\"genesis_fork_version\":\"0x00000000\"}}'; }
    location = /eth/v1/config/spec { return 200 '{\"data\":{\"CONFIG_NAME\":\"bench\",\"PRESET_BASE\":\"mainnet\",\"SECONDS_PER_SLOT\":\"$slot_seconds\",\"SLOTS_PER_EPOCH\":\"32\",\"DEPOSIT_CHAIN_ID\":\"1337\",\"DEPOSIT_NETWORK_ID\":\"1337\"}}'; }
    location = /eth/v1/beacon/headers/head { return 200 '{\"execution_optimistic\":false,\"finalized\":false,\"data\":{\"root\":\"$root\",\"canonical\":true,\"header\":{\"message\":{\"slot\":\"$slot\",\"proposer_index\":\"1\",\"parent_root\":\"$root\",\"state_root\":\"$root\",\"body_root\":\"$root\"},\"signature\":\"0x00\"}}}'; }
    location = /eth/v1/validator/attestation_data { return 200 '{\"data\":{\"slot\":\"\$arg_slot\",\"index\":\"\$arg_committee_index\",\"beacon_block_root\":\"$root\",\"source\":{\"epoch\":\"2\",\"root\":\"$root\"},\"target\":{\"epoch\":\"3\",\"root\":\"$root\"}}}'; }
    location = /eth/v1/beacon/states/head/validators { alias $run/validators.json; }
    location = /eth/v2/beacon/blocks { return 200; }
    location = /eth/v1/events { proxy_pass http://127.0.0.1:${port[events]}; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 300s; }
  }")"
  await_ok upstream "http://127.0.0.1:${port[upstream]}/eth/v1/node/health"
}

# validators: an answer of 1 MB.
validators() {
  awk 'BEGIN {
    printf "{\"execution_optimistic\":false,\"finalized\":false,\"data\":["
    for (i = 0; i < 2200; i++) {
      printf "%s{\"index\":\"%d\",\"balance\":\"32000000000\",\"status\":\"active_ongoing\",\"validator\":{\"pubkey\":\"0x%096d\",\"withdrawal_credentials\":\"0x%064d\",", i ? "," : "", i, i, i
      printf "\"effective_balance\":\"32000000000\",\"slashed\":false,\"activation_eligibility_epoch\":\"0\",\"activation_epoch\":\"0\",\"exit_epoch\":\"18446744073709551615\",\"withdrawable_epoch\":\"18446744073709551615\"}}"
    }
    print "]}"
  }'
}

start_nginx() {
  serve nginx nginx -e stderr -c "$(nginx_conf nginx "
  upstream node { server 127.0.0.1:${port[upstream]}; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port[nginx]};
    location / { proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ''; client_body_buffer_size 1m; proxy_max_temp_file_size 0; }
    location = /eth/v1/events { proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ''; proxy_buffering off; proxy_read_timeout 300s; }
  }")"
  await_ok nginx "http://127.0.0.1:${port[nginx]}/eth/v1/node/health"
}

start_haproxy() {
  cat >"$run/haproxy.cfg" <<EOF
global
  nbthread 1
defaults
  mode http
  http-reuse always
  option http-no-delay
  timeout connect 1s
  timeout client 60s
  timeout server 60s
frontend validator
  bind 127.0.0.1:${port[haproxy]}
  default_backend node
backend node
  option httpchk GET /eth/v1/node/health
  server upstream 127.0.0.1:${port[upstream]} check
EOF
  serve haproxy haproxy -db -f "$run/haproxy.cfg"
  await_ok haproxy "http://127.0.0.1:${port[haproxy]}/eth/v1/node/health"
}

# agent_config: what a user would write for one node, and no broker.
agent_config() {
  cat >"$run/edge.yaml" <<EOF
box: bench
stacks:
  - name: static
    beacon-node: http://127.0.0.1:${port[upstream]}
proxy:
  listen: 127.0.0.1:${port[agent]}
status:
  listen: 127.0.0.1:${port[status]}
EOF
  printf '%s\n' "$run/edge.yaml"
}

# start_agent BINARY
start_agent() {
  serve agent env STATE_DIRECTORY="$run" "$1" run --config "$(agent_config)"
  # 200 only once a stack behind it qualifies.
  await_ok agent "http://127.0.0.1:${port[agent]}/eth/v1/node/health"
}

# resident_mb PID
resident_mb() { awk '/^VmRSS:/ { printf "%.1f\n", $2 / 1024 }' "/proc/$1/status"; }

# cpu_ticks PID: user and system time of the process and its workers.
cpu_ticks() {
  local each sum=0 ticks
  for each in "$1" $(cat "/proc/$1/task/$1/children"); do
    # The name, in parentheses, may have blanks.
    ticks=$(sed 's/.*) //' "/proc/$each/stat" | cut -d' ' -f12,13 | tr ' ' '+')
    sum=$((sum + ticks))
  done
  printf '%s\n' "$sum"
}
