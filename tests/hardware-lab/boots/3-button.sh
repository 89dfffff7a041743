# shellcheck shell=bash disable=SC2154,SC2317
# Ends: Power down
# The boot that came instead of the power-off; then somebody holds the button for ten seconds, on mains.
record=/var/lib/lab/order
ups 1 60 0 3800
equals "the whole stop again" "$(order)" "$whole_stop"
fresh
network && clock
start single probe uled lab:single 255
said single '^ready$'
becomes "all are started again" 180 written 'validator up'
equals "execution, consensus, validator" "$(grep up "$record" | xargs)" "$whole_start"
over() { [ ! -e /var/lib/dvstakers-edge/outage.json ]; }
becomes "and it is over" 60 over
becomes "the UPS tells of mains" 60 source_is mains

fresh
echo 0x00 >/run/lab/last
pull IN_A down
becomes "held for three seconds: a drain would be next" 9 plays single "$flicker"
becomes "held for ten: a shutdown" 15 plays single "$long_flicker"
holds "while it is held nobody is told" test ! -s "$record"
pull IN_A up
becomes "let go: understood" 10 plays single "$solid"
becomes "the validator is told" 30 written 'validator told'
becomes "and the LED blinks fast while they stop" 20 plays single "$fast"
becomes "the others hear of it" 30 condition shutting-down
becomes "the execution client is told last" 60 written 'execution told'
has "whoever comes after knows of it" "$(cat /var/lib/dvstakers-edge/outage.json)" '"by_person": true'
goes_off 180
