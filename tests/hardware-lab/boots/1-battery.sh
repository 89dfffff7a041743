# shellcheck shell=bash disable=SC2154,SC2317
# Ends: Power down
# The battery ends: three clients stop in order, all times a tenth of what a box takes (execution 200 s), the agent is killed in the middle, the box goes off, and the UPS cuts the power.
# shellcheck disable=SC2034
record=/var/lib/lab/order
mkdir -p /var/lib/lab
fresh
# The execution client is enabled: at the boot after it systemd starts it before there is a network, and gives it up.
client /etc/systemd/system execution 20 'ExecStartPre=/bin/grep -q dummy0 /proc/net/route' 'Restart=on-failure' 'RestartSec=100ms' \
  '[Unit]' 'StartLimitIntervalSec=600' 'StartLimitBurst=3' '[Install]' 'WantedBy=multi-user.target'
client /etc/systemd/system consensus 6
client /etc/systemd/system validator 2
systemctl daemon-reload
systemctl -q enable lab-execution
network && clock
for name in execution consensus validator; do
  systemctl start "lab-$name"
  within 30 written "$name up"
done
{
  cat /lab/edge.yaml
  printf '%s\n' 'power:' '  model: waveshare-ups-hat-e' '  bus: SMBus stub driver' '  cut: yes' '  validator-seconds: 5' '  consensus-seconds: 10' '  execution-seconds: 30'
  named
  printf '%s\n' 'panel:' '  button-line: IN_A' '  button-chip: pinctrl-lab' '  leds:' '    - led: lab:single'
} >/var/lib/lab/edge.yaml
ups 1 90 0 4100
configure /var/lib/lab/edge.yaml
becomes "on mains" 90 source_is mains
holds "all run" running
echo 0x55 >/run/lab/last
ups 0 80 60 3900
becomes "mains are gone" 60 source_is battery
ups 0 30 9 3600
becomes "the battery ends: the validator is told" 60 written 'validator told'
becomes "the others hear of it" 30 condition stopping-for-power
becomes "the execution client is told last" 60 written 'execution told'
equals "after the others are down, none of them killed" "$(order)" \
  "$whole_start validator told validator down validator exited 0 consensus told consensus down consensus exited 0 execution told"
has "what was stopped is on disk" "$(cat /var/lib/dvstakers-edge/outage.json)" '"phase": "[Ss]topping"'
systemctl kill -s KILL dvstakers-edge
ok "the agent is killed in the middle of it"
goes_off 180
