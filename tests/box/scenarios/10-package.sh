# shellcheck shell=bash disable=SC2317,SC2016,SC2034,SC2154  # Conditions are called by name, and what `eval` is given is for it.
# The package on a clean Debian, from nothing to nothing. apt has no network: what is recommended lies in its cache, as after a download.
# shellcheck source=/dev/null
. /lab/facts
. /lab/box.sh
installed() { dpkg-query -W -f '${Version}' dvstakers-edge; }
ready() { systemctl -q is-active dvstakers-edge; }
status() { dvstakers-edge status --json; }
# Every file of the machine but what lives in memory, and what any command may leave: logs, caches, apt's and dpkg's own books.
files() {
  find / \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/tmp -o -path /lab -o -path /var/log -o -path /var/cache -o -path /var/lib/apt \
    -o -path /var/lib/dpkg -o -path /var/lib/systemd/timers -o -path /var/lib/systemd/random-seed -o -path /var/lib/systemd/timesync \) -prune -o -print | sort
}
agents() { pgrep -u dvstakers-edge -l || true; }

becomes "the boot is complete" 300 booted
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
equals "nothing of it is there" "$(id dvstakers-edge 2>/dev/null; find / -xdev -path /lab -prune -o -name '*dvstakers*' -print)" ""

# A box that already runs its clients, under the names that the agent knows.
perl /lab/fake-node.pl $(($(date +%s) - 120000)) 3>&- >/run/lab/fake-node.out 2>&1 &
for unit in geth lighthousebeacon lighthousevalidator; do
  printf '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n' >"/etc/systemd/system/$unit.service"
done
printf '[Service]\nExecStart=/bin/sleep infinity\nTimeoutStopSec=45min\n' >/etc/systemd/system/besu.service
systemctl daemon-reload && systemctl -q enable --now geth lighthousebeacon lighthousevalidator

# --- Installed on a box without any configuration.
holds "apt installs it" apt install "$new"
equals "its version" "$(installed)" "$version"
for one in mosquitto polkitd libmosquitto1; do holds "apt brought what it recommends: $one" dpkg-query -W "$one"; done
becomes "the agent is ready at once" 60 ready
equals "it runs as its own user" "$(stat -c %U "/proc/$(main_pid dvstakers-edge)")" dvstakers-edge
equals "without any capability" "$(grep -h '^Cap[PEB]' "/proc/$(main_pid dvstakers-edge)/status" | cut -f2 | sort -u)" 0000000000000000
has "in the groups of the devices" "$(id -nG dvstakers-edge)" "gpio i2c|i2c gpio"
holds "it starts with the box" systemctl -q is-enabled dvstakers-edge
becomes "it has found the nodes of the box" 120 eval 'status | grep -q "\"beacon_version\": *\"Lighthouse" && status | grep -q "\"execution_version\": *\"Geth"'
answers() { exec 5<>/dev/tcp/127.0.0.1/5070 && printf 'GET /eth/v1/node/version HTTP/1.0\r\n\r\n' >&5 && grep -q Lighthouse <&5; }
becomes "and serves validators from them" 240 answers
holds "systemctl stop is left to the operator: no unit of theirs has changed" systemctl -q is-active geth lighthousebeacon lighthousevalidator
becomes "it sees the units of the clients" 240 eval 'status | grep -q "\"geth\""'
holds "the broker runs, and listens on this box alone" eval '[ "$(ss -Hltn "sport = :1883" | awk "{print \$4}" | sed "s/:1883//" | sort -u | grep -vE "^(127.0.0.1|\[::1\])$")" = "" ] && ss -Hltn "sport = :1883" | grep -q 127.0.0.1'

# --- The unit.
holds "systemd-analyze security: at most 1.5" systemd-analyze security --no-pager --threshold=15 dvstakers-edge.service
has "systemd-analyze security" "$(systemd-analyze security --no-pager dvstakers-edge.service | tail -n 1)" "level for dvstakers-edge.service: (0\.[0-9]|1\.[0-5]) "
printf '%s\n' "$(systemd-analyze security --no-pager dvstakers-edge.service)"
holds "systemd-analyze verify" systemd-analyze --man=no verify /usr/lib/systemd/system/dvstakers-edge.service
equals "its memory and tasks are limited" "$(systemctl show -P MemoryMax -P TasksMax dvstakers-edge | xargs)" "536870912 256"
# Nothing keeps this guest's clock right, and the sandbox does not hide that.
becomes "it knows of the clock through systemd" 120 eval 'status | grep -q "\"clock_synchronised\": *false"'
has "a JWT secret in a home can be read" "$(
  install -d -m 755 /home/staker && printf '%064d\n' 1 >/home/staker/jwt.hex && chmod 644 /home/staker/jwt.hex
  printf 'stacks:\n  - name: main\n    beacon-node: http://127.0.0.1:5052\n    execution-client: http://127.0.0.1:8545\n    jwt-secret: /home/staker/jwt.hex\nmqtt:\n  host: 127.0.0.1\n' >/lab/edge.yaml
  configure /lab/edge.yaml && systemctl is-active dvstakers-edge
)" "^active"
has "the local broker has its words" "$(timeout 60 mosquitto_sub -h 127.0.0.1 -t 'dvstakers/+/+/availability' -C 1 -v)" "dvstakers/home/box/availability .*online"
equals "its configuration folder is root's" "$(stat -c '%U %a' /etc/dvstakers-edge /etc/dvstakers-edge/edge.yaml | xargs)" "root 755 root 644"
holds "and it cannot write there" eval '! runuser -u dvstakers-edge -- touch /etc/dvstakers-edge/other 2>/dev/null'
has "no warning but what is so" "$(journalctl -u dvstakers-edge -p warning -o cat | sort -u | grep -vE 'clock|beacon node|stack|broker|MQTT|disk' || echo none)" "^none$"

# --- The clients' time to stop.
limit_of() { systemctl show -P TimeoutStopUSec "$1"; }
equals "a poweroff gives geth its time" "$(limit_of geth)" 20min
equals "and the beacon node" "$(limit_of lighthousebeacon)" 5min
equals "and the validator" "$(limit_of lighthousevalidator)" 2min
equals "a longer limit of the unit's own stays" "$(limit_of besu)" 45min
equals "other units have systemd's" "$(limit_of mosquitto)" 1min\ 30s
mkdir -p /etc/systemd/system/geth.service.d && printf '[Service]\nTimeoutStopSec=7min\n' >/etc/systemd/system/geth.service.d/override.conf
systemctl daemon-reload
equals "what systemctl edit writes holds against it" "$(limit_of geth)" 7min
rm -r /etc/systemd/system/geth.service.d && systemctl daemon-reload

# --- What the agent may do to others: nothing, then what the configuration names.
as_agent() { runuser -u dvstakers-edge -- "$@" 3>&-; }
refused() { local said; said=$(as_agent systemctl --no-ask-password "$@" 2>&1) && return 1; [[ $said =~ [Aa]uthenti|[Dd]enied|not\ permitted ]]; }
may_switch_off() { as_agent busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager CanPowerOff | grep -q '"yes"'; }
holds "it may not stop a client that no configuration names" refused stop geth.service
holds "nor switch the box off" eval '! may_switch_off'
cat /lab/edge.yaml - >/lab/power.yaml <<'YAML'
power:
  model: nut
  power-off: yes
  validator: lighthousevalidator
  consensus: lighthousebeacon
  execution: geth
YAML
configure /lab/power.yaml
equals "its rights are those of the configuration, written by root" "$(stat -c '%U %a' /run/dvstakers-edge/rights) $(xargs </run/dvstakers-edge/rights)" \
  "root 644 lighthousevalidator.service lighthousebeacon.service geth.service power-off"
holds "it may stop a client" as_agent systemctl --no-ask-password stop geth.service
equals "which is down" "$(systemctl is-active geth)" inactive
holds "clear its failures" as_agent systemctl --no-ask-password reset-failed geth.service
holds "and start it" as_agent systemctl --no-ask-password start geth.service
equals "which is up" "$(systemctl is-active geth)" active
holds "and switch the box off" may_switch_off
for verb in restart kill reload; do holds "but not $verb it" refused "$verb" geth.service; done
holds "nor enable, disable or mask" eval 'refused disable geth.service && refused mask geth.service'
holds "nor stop another unit" refused stop mosquitto.service
holds "nor itself be given more by a file that is not root's" eval 'chown dvstakers-edge /etc/dvstakers-edge/edge.yaml && systemctl restart dvstakers-edge && [ ! -s /run/dvstakers-edge/rights ] && refused stop geth.service'
chown root /etc/dvstakers-edge/edge.yaml
holds "nor can it write its rights" eval '! as_agent sh -c "echo mosquitto.service >>/run/dvstakers-edge/rights" 2>/dev/null'
configure /lab/edge.yaml
becomes "a configuration without power takes them back" 30 refused stop geth.service
systemctl kill -s KILL dvstakers-edge
becomes "killed, the agent comes back" 60 ready
holds "and no client went with it" systemctl -q is-active geth lighthousebeacon lighthousevalidator

# --- Downgrade and upgrade.
kept() { [ "$(cat /etc/dvstakers-edge/edge.yaml)" = "$(cat /lab/edge.yaml)" ] && [ -e /var/lib/dvstakers-edge/kept ] && [ -e /etc/systemd/system/dvstakers-edge.service.d/mine.conf ]; }
mkdir -p /etc/systemd/system/dvstakers-edge.service.d && printf '[Service]\nEnvironment=EDGE_LOG_LEVEL=debug\n' >/etc/systemd/system/dvstakers-edge.service.d/mine.conf
touch /var/lib/dvstakers-edge/kept
before=$(main_pid dvstakers-edge)
holds "a downgrade" apt install --allow-downgrades "$old"
equals "has the older version" "$(installed)" "$version~before"
becomes "and the agent runs anew" 60 eval 'ready && [ "$(main_pid dvstakers-edge)" != "$before" ]'
holds "with configuration, state and drop-in as they were" kept
before=$(main_pid dvstakers-edge)
holds "an upgrade" apt install "$new"
equals "has the newer version" "$(installed)" "$version"
becomes "and the agent runs anew" 60 eval 'ready && [ "$(main_pid dvstakers-edge)" != "$before" ]'
holds "with configuration, state and drop-in as they were" kept
systemctl -q disable --now dvstakers-edge
holds "an upgrade of a box where it is switched off" apt install --reinstall "$new"
holds "leaves it off" eval '! ready && ! systemctl -q is-enabled dvstakers-edge'
systemctl -q enable --now dvstakers-edge

# --- Removed, and back.
holds "remove" apt remove dvstakers-edge
equals "it does not run any more" "$(agents)" ""
holds "what the operator wrote is there" kept
equals "the clients' limits are systemd's again" "$(systemctl daemon-reload; limit_of geth)" "1min 30s"
holds "the clients run" systemctl -q is-active geth lighthousebeacon lighthousevalidator
holds "installed again" apt install "$new"
becomes "it runs with the same configuration" 60 ready
holds "which is as it was" kept

# --- Purged. What others' packages made at the first installation stays; so the second one is compared.
rm -r /etc/systemd/system/dvstakers-edge.service.d
mkdir -p /etc/mosquitto/dvstakers-edge && touch /etc/mosquitto/dvstakers-edge/box.key /etc/mosquitto/conf.d/dvstakers-edge.conf
mkdir -p /etc/dvstakers-edge/cluster && touch /etc/dvstakers-edge/cluster/ca.key
holds "purge" apt purge dvstakers-edge
equals "nothing of it is left" "$(find / -xdev -path /lab -prune -o -name '*dvstakers*' -print)" ""
equals "nothing belongs to its user, who stays" "$(find / -xdev -user dvstakers-edge -o -xdev -group dvstakers-edge)$(id -un dvstakers-edge)" dvstakers-edge
holds "the broker is back to what it was" systemctl -q is-active mosquitto
equals "no unit failed" "$(systemctl --failed --no-legend --plain | cut -d' ' -f1)" ""
files >/run/lab/before
holds "installed once more" apt install "$new"
becomes "it runs" 60 ready
configure /lab/edge.yaml
holds "and purged" apt purge dvstakers-edge
files >/run/lab/after
equals "no file more or less than before" "$(diff /run/lab/before /run/lab/after)" ""
holds "the clients ran all the while" systemctl -q is-active geth lighthousebeacon lighthousevalidator
