# shellcheck shell=bash
# The agent as a service: ready by its own word, on the broker, and not to be hung.
becomes "the agent is ready (Type=notify)" 60 systemctl -q is-active dvstakers-edge
equals "it runs as its own user" "$(stat -c %U "/proc/$(main_pid dvstakers-edge)")" dvstakers-edge
has "its groups" "$(id -nG dvstakers-edge)" "gpio i2c|i2c gpio"
has "its status line says what it does" "$(systemctl show -P StatusText dvstakers-edge)" "."
has "the broker has its availability" "$(timeout 60 mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/+/availability' -C 1 -v)" "dvstakers/.*/box/availability .*online"
has "a warning reaches the journal as one" "$(journalctl -u dvstakers-edge -p warning -o cat | head -n 3)" "."

# Stopped, it feeds no watchdog; systemd ends it and starts it again, and it is ready again.
before=$(main_pid dvstakers-edge)
kill -STOP "$before"
replaced() { local now; now=$(main_pid dvstakers-edge) && [ "$now" != 0 ] && [ "$now" != "$before" ] && systemctl -q is-active dvstakers-edge; }
becomes "a hung agent is replaced by its watchdog" 90 replaced
holds "systemd says that it was the watchdog" log_has dvstakers-edge 'Watchdog timeout'
has "it is on the broker again" "$(timeout 60 mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/+/availability' -C 1)" "online"

before=$(main_pid dvstakers-edge)
systemctl stop dvstakers-edge
equals "it stops when asked, in time" "$(systemctl show -P Result dvstakers-edge)" "success"
systemctl start dvstakers-edge
becomes "and starts again" 60 systemctl -q is-active dvstakers-edge
