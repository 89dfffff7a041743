# shellcheck shell=bash disable=SC2154,SC2317
# Mains that come back in the middle of the stop: nobody more is told, what was stopped is started again, and the box stays on. The agent is killed in the middle of that.
fresh && chmod 666 "$record"
client /run/systemd/system validator 1
client /run/systemd/system consensus 8
client /run/systemd/system execution 1
systemctl daemon-reload
systemctl start lab-execution lab-consensus lab-validator
network && clock
no_outage
{
  cat /lab/edge.yaml
  printf '%s\n' 'power:' '  model: waveshare-ups-hat-e' '  bus: SMBus stub driver'
  named
} >/run/lab/return.yaml
ups 1 90 0 4100
configure /run/lab/return.yaml
becomes "on mains" 90 source_is mains
fresh
ups 0 20 5 3600
becomes "the battery ends: the validator is down, the beacon node is told" 60 written 'consensus told'
ups 1 40 0 3700
before=$(main_pid dvstakers-edge)
systemctl kill -s KILL dvstakers-edge
agent_is_new() { local now; now=$(main_pid dvstakers-edge) && [ "$now" != 0 ] && [ "$now" != "$before" ]; }
becomes "mains are back; the agent is killed and starts anew" 30 agent_is_new
becomes "the beacon node ends by itself" 30 written 'consensus exited 0'
becomes "after a minute of mains all runs again" 150 written 'validator up'
equals "the execution client was never told, the others come back in order, nobody was killed" "$(order)" \
  "validator told validator down validator exited 0 consensus told consensus down consensus exited 0 consensus up validator up"
over() { [ ! -e /var/lib/dvstakers-edge/outage.json ]; }
becomes "and it is over" 60 over
holds "the box is on, and all run" running

systemctl stop lab-validator lab-consensus lab-execution
configure /lab/edge.yaml
rm -f /run/systemd/system/lab-{validator,consensus,execution}.service
systemctl daemon-reload
no_network
no_clock
