# shellcheck shell=bash disable=SC2154,SC2317
# The panel's button on a box without a UPS: what is held for less than ten seconds shuts nothing down, and what is not allowed neither.
# The shutdown itself, to its end and the boot after it, is in boots/.
fresh && chmod 666 "$record"
for name in validator consensus execution; do client /run/systemd/system "$name" 1; done
systemctl daemon-reload
systemctl start lab-execution lab-consensus lab-validator
start single probe uled lab:single 255
said single '^ready$'
{
  cat /lab/edge.yaml
  printf '%s\n' 'power:' '  model: none'
  named
  printf '%s\n' 'panel:' '  button-line: IN_A' '  button-chip: pinctrl-lab' '  leds:' '    - led: lab:single'
} >/run/lab/button.yaml
refuse
configure /run/lab/button.yaml
shows_something() { [ -e /sys/class/leds/lab:single/pattern ]; }
within 90 shows_something
becomes "the button is let go" 30 level_is IN_A 1

# held SECONDS PATTERN: presses, and sees what the LED says just before it lets go.
held() {
  pull IN_A down
  becomes "held, the LED says what letting go would do" "$1" plays single "$2"
  pull IN_A up
}
held 8 "$flicker"
becomes "a drain without a cluster is refused" 10 log_has dvstakers-edge 'Button: refused'
holds "and nobody was stopped" running

refused() { log_has dvstakers-edge 'Button: refused: the agent may not switch the box off .*polkit rule'; }
held 20 "$long_flicker"
becomes "ten seconds without the polkit rule are refused" 20 refused
becomes "which the LED says by being dark" 10 plays single "$dark"
holds "and nobody was stopped" running

allow
held 8 "$flicker"
within 5 plays single "$dark"
holds "with the rule: less than ten seconds shut nothing down" running
holds "and leave no record of a stop" test ! -e /var/lib/dvstakers-edge/outage.json
equals "nobody was told anything" "$(sort "$record" | xargs)" "consensus up execution up validator up"

systemctl stop lab-validator lab-consensus lab-execution
configure /lab/edge.yaml
rm -f /run/systemd/system/lab-{validator,consensus,execution}.service
systemctl daemon-reload
finish single
