# shellcheck shell=bash disable=SC2016,SC2034,SC2154,SC2317  # Conditions are called by name, and what `eval` is given is for it.
# Restarts of the agent, by the hundred, every tenth by SIGKILL: none leaves a descriptor, a file or a process behind.
# shellcheck source=/dev/null
. /lab/facts
. /lab/box.sh
becomes "the boot is complete" 300 booted
run_fake_node
holds "apt installs it" apt install "$new"
printf 'mqtt:\n  host: 127.0.0.1\n' | cat "$stack" - >/run/lab/edge.yaml
configure /run/lab/edge.yaml
becomes "it serves" 240 served

# What there is on this box, one thing a line, without the agent's own process. A name with a number or a random part that is new each time has it taken away: the count stays.
there_is() {
  # What systemd starts for a question, and would end by itself after half a minute.
  systemctl stop systemd-hostnamed.service systemd-timedated.service
  {
    for process in /proc/[0-9]*; do
      # Not the kernel's own threads, nor this scenario, nor what the fake node forks for each connection.
      read -r -d '' name <"$process/cmdline"
      [ -n "$name" ] || continue
      read -r name <"$process/comm"
      case $name in perl | bash | timeout | sort | sed | ss | find | dvstakers-edge) continue ;; esac
      descriptors=("$process"/fd/*)
      printf 'process %s with %s descriptors\n' "$name" "${#descriptors[@]}"
    done
    printf 'processes of its user: %s\n' "$(pgrep -c -u dvstakers-edge)"
    find / /sys/fs/cgroup \( -path /proc -o -path /sys -o -path /run/lab -o -path /lab -o -path '*/log/journal' \) -prune -o -printf 'file %p\n' 2>/dev/null
    printf 'mount %s\n' "$(wc -l </proc/1/mountinfo)"
    ss -Hxl | awk '{ print "socket", $2, $5 }'
    ss -Hnltu | awk '{ print "socket", $1, $5 }'
    printf 'connected sockets %s\n' "$(ss -Hx state connected | wc -l)"
    systemctl list-units --all --full --plain --no-legend | awk '{ print "unit", $1, $4 }'
    cat /proc/sysvipc/{msg,sem,shm}
  } 2>/dev/null | sed -E 's/(-dvstakers-edge\.service-)[A-Za-z0-9]+/\1X/; s#(/run/systemd/journal/streams/[0-9]+:)[0-9]+#\1N#' | sort
}
same() { there_is >/run/lab/after; diff /run/lab/before /run/lab/after >/run/lab/difference; }
settled() { there_is >/run/lab/before; within 1 false; same; }

restart() {
  if [ $(($1 % 10)) = 0 ]; then
    local before
    before=$(main_pid dvstakers-edge)
    systemctl kill -s KILL dvstakers-edge && within 60 replaced "$before"
  else
    systemctl restart dvstakers-edge
  fi
}
replaced() { local now; now=$(main_pid dvstakers-edge) && [ "$now" != 0 ] && [ "$now" != "$1" ] && systemctl -q is-active dvstakers-edge; }

for i in {1..3} 10; do restart "$i"; done
becomes "it serves" 60 served
becomes "nothing comes or goes any more" 120 settled
wrong=0 counted=$restarts
for ((i = 1; i <= restarts; i++)); do restart "$i" || wrong=$((wrong + 1)); done
equals "$restarts restarts: how many went wrong" "$wrong" 0
becomes "it serves" 60 served
within 120 same
equals "nothing more or less than before them" "$(cat /run/lab/difference)" ""
printf '%s things compared, such as:\n' "$(wc -l </run/lab/before)"
grep -v ^file /run/lab/before
