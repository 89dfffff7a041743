// What processes of ours use, read from /proc, and what was heard of MQTT.
import fs from "node:fs";

const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that is to be met

// Seconds of a processor since its start.
export function cpuSeconds(pid) {
  // After the name, which may hold spaces, in parentheses.
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

export const residentMb = (pid) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

// Of all processors together since the boot: {busy, all}, in seconds.
export function machineSeconds() {
  const [user, nice, system, idle, wait, ...rest] = fs.readFileSync("/proc/stat", "utf8").split("\n")[0].split(/\s+/).slice(1, 9).map((n) => n / TICKS_PER_SECOND);
  const busy = user + nice + system + rest.reduce((sum, n) => sum + n, 0);
  return {busy, all: busy + idle + wait};
}

export const HEARD_FORMAT = "%U %t %l";

// Lines of mosquitto_sub in that format: [{at, box, topic, bytes}], of the boxes' own words within the time; what was kept from before is there first.
export const heard = (text, from, to) => text.split("\n").map((line) => /^(\d+\.\d+) dvstakers\/[^/]+\/([^/]+)\/(\S+) (\d+)$/.exec(line)).filter(Boolean)
  .map(([, at, box, topic, bytes]) => ({at: Number(at), box, topic, bytes: Number(bytes)})).filter(({at}) => at >= from && at < to);

export const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
