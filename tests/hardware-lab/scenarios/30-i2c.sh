# shellcheck shell=bash
# SMBus commands against i2c-stub, whose registers i2cget and i2cset show from the other side. No bus is ever scanned, here neither.
bus="SMBus stub driver"
poke 0x36 0x02 0xd0c1 w
equals "a word, lower byte first" "$(probe i2c "$bus" 0x36 rw 0x02)" 0xd0c1
equals "a word, higher byte first (MAX170xx)" "$(probe i2c "$bus" 0x36 rwb 0x02)" 0xc1d0
equals "a byte" "$(probe i2c "$bus" 0x36 rb 0x02)" 0xc1
probe i2c "$bus" 0x36 wwb 0x08 0xbeef >/dev/null
equals "a word written higher byte first" "$(peek 0x36 0x08 w)" 0xefbe
probe i2c "$bus" 0x36 ww 0x0a 0xbeef >/dev/null
equals "a word written lower byte first" "$(peek 0x36 0x0a w)" 0xbeef
probe i2c "$bus" 0x2d wb 0x01 0x55 >/dev/null
equals "a byte written" "$(peek 0x2d 0x01 b)" 0x55
probe i2c "$bus" 0x2d wk 0x20 00112233445566778899aabbccddeeff >/dev/null
equals "a block written and read" "$(probe i2c "$bus" 0x2d rk 0x20 16)" 00112233445566778899aabbccddeeff
equals "a block as i2cget sees it" "$(peek 0x2d 0x20 i 4)" "0x00 0x11 0x22 0x33"
equals "the bus by its number" "$(probe i2c "i2c-$(stub_bus)" 0x36 rw 0x02)" 0xd0c1
has "an absent chip does not answer" "$(probe i2c "$bus" 0x41 rb 0)" "^error (19|6|121) heals .*0x41.*the chip does not answer"
has "a bus that is not there" "$(probe i2c "i2c-99" 0x36 rb 0)" "^error 2 heals .*i2c-99: is not there.*i2c-dev"
has "an adapter that is not there" "$(probe i2c "rk3x-i2c" 0x36 rb 0)" "^error 2 heals .*SMBus stub driver"
equals "two writers and a reader take turns" "$(probe turns "$bus" 0x17)" "torn 0 of some readings"

# The whole way of a gauge that a kernel driver takes and gives back.
poke 0x36 0x02 0x00c0 w # VCELL 0xc000: 3072 * 1.25 mV
poke 0x36 0x04 0x0050 w # SOC 0x50: 80 %
start gauge probe poll "$bus" 0x36 0x04
says "the chip is read" gauge '^value 0x5000$'
poke 0x36 0x04 0x0049 w
says "and its changes" gauge '^value 0x4900$'
echo max17040 0x36 >"/sys/bus/i2c/devices/i2c-$(stub_bus)/new_device"
modprobe max17040_battery
within 10 test -e /sys/class/power_supply/battery
has "a chip that a driver owns is left to it, by name" "$(probe i2c "$bus" 0x36 rb 2)" "^error 16 heals .*in use by the kernel driver max17040; .*power_supply"
has "whose power_supply is read instead" "$(probe supply battery)" "type=Battery .*capacity=73 volts=3.84 "
echo 0x36 >"/sys/bus/i2c/devices/i2c-$(stub_bus)/delete_device"
becomes "and is ours again without it" 20 probe i2c "$bus" 0x36 rb 2
finish gauge

# An adapter that comes late. One in use cannot be taken away: the kernel keeps it for who has it open.
holds "nothing holds the adapter that nobody uses" rmmod i2c-stub
start gauge probe poll "$bus" 0x36 0x04
says "an adapter that is not there yet" gauge '^error 2 heals .*no adapter has this name'
modprobe i2c-stub chip_addr=0x36,0x40,0x48,0x2d,0x17,0x14
says "heals when it comes" gauge '^value 0x'
finish gauge
