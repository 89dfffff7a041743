// Messages and bytes of a cluster in which nothing happens but slots, as it grows. Must run as root in a network and mount namespace of its own:
// traffic.sh does that.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {setTimeout as pause} from "node:timers/promises";
import {parseArgs} from "node:util";
import {Fleet, boxesOf} from "./fleet.mjs";
import {HEARD_FORMAT, cpuSeconds, heard, machineSeconds, mean, residentMb} from "./meter.mjs";

const {values: options} = parseArgs({
  options: {
    agent: {type: "string"},
    boxes: {type: "string"},
    settle: {type: "string", default: "45"}, // seconds after everybody knows everybody
    seconds: {type: "string", default: "180"},
    "seconds-per-slot": {type: "string", default: "12"},
    dir: {type: "string"},
  },
});
const SECONDS_PER_DAY = 86400;
const count = Number(options.boxes), seconds = Number(options.seconds);
const dir = options.dir ? path.resolve(options.dir) : fs.mkdtempSync(path.join(os.tmpdir(), "dvstakers-edge-traffic-"));
const fleet = new Fleet(options.agent, boxesOf(count), dir, Number(options["seconds-per-slot"]));
try {
  await fleet.start();
  for (const box of fleet.boxes) {
    box.ear = fleet.spawn(`heard-${box.name}`, "mosquitto_sub", ["-h", "127.0.0.1", "-t", "dvstakers/#", "-F", HEARD_FORMAT], {place: box});
  }
  await pause(Number(options.settle) * 1000, undefined, {signal: fleet.signal});
  const before = await sample();
  await pause(seconds * 1000, undefined, {signal: fleet.signal});
  const after = await sample();
  const statuses = await fleet.until("every box to tell its status", 60, () => Promise.all(fleet.boxes.map((box) => fleet.status(box))));
  const unwell = statuses.filter(({ready, peers, stacks}) => !ready || peers.some(({standing}) => standing !== "known") || stacks.some(({tier}) => tier !== "healthy")).length;
  report(before, after, unwell);
} catch (error) {
  console.error(`${error.cause?.message ?? error.message}\nlogs are in ${dir}`);
  process.exitCode = 1;
} finally {
  await fleet.close();
}
if (!options.dir && !process.exitCode) fs.rmSync(dir, {recursive: true, force: true});
process.exit();

async function sample() {
  const bytes = await Promise.all(fleet.boxes.map((box) => fleet.bytes(box)));
  return {at: Date.now() / 1000, bytes, machine: machineSeconds(),
    agents: fleet.boxes.map(({agent}) => cpuSeconds(agent.pid)), brokers: fleet.boxes.map(({broker}) => cpuSeconds(broker.pid))};
}

function report(before, after, unwell) {
  const took = after.at - before.at, {boxes} = fleet;
  const lists = boxes.map(({ear}) => heard(fs.readFileSync(ear.log, "utf8"), before.at, after.at));
  const all = lists.flat();
  const foreign = lists.map((list, i) => list.filter(({box}) => box !== boxes[i].name));
  // What of a box's words came to all others: counted where it came to.
  const leaving = boxes.map(({name}, i) => lists.flatMap((list, k) => (k === i ? [] : list.filter(({box}) => box === name))).length);
  const health = (list) => list.filter(({topic}) => topic === "health");
  const mb = (kind, way, which = () => true) =>
    mean(boxes.flatMap((box, i) => (which(box) ? [after.bytes[i][kind][way] - before.bytes[i][kind][way]] : []))) / took * SECONDS_PER_DAY / 1e6;
  const probes = (which) => mb("asks", "in", which) + mb("asks", "out", which) + mb("lends", "in", which) + mb("lends", "out", which);
  const percent = (kind) => mean(after[kind].map((used, i) => used - before[kind][i])) / took * 100;
  const ours = boxes.length * (percent("agents") + percent("brokers")) / os.cpus().length;
  const values = {
    boxes: boxes.length,
    seconds: took.toFixed(0),
    health_per_second: mean(foreign.map((list) => health(list).length / took)).toFixed(2),
    health_bytes: mean(health(all).map(({bytes}) => bytes)).toFixed(0),
    messages_in_per_second: mean(foreign.map((list) => list.length / took)).toFixed(2),
    messages_out_per_second: mean(leaving.map((number) => number / took)).toFixed(2),
    mqtt_mb_per_day_in: mb("mqtt", "in").toFixed(0),
    mqtt_mb_per_day_out: mb("mqtt", "out").toFixed(0),
    probe_mb_per_day: probes().toFixed(0),
    probe_mb_per_day_asking_in: mb("asks", "in").toFixed(0),
    probe_mb_per_day_asking_out: mb("asks", "out").toFixed(0),
    probe_mb_per_day_full: probes(({role}) => role === "full").toFixed(0),
    probe_mb_per_day_auxiliary: probes(({role}) => role !== "full").toFixed(0),
    agent_cpu_percent: percent("agents").toFixed(1),
    mosquitto_cpu_percent: percent("brokers").toFixed(1),
    agent_mb: mean(boxes.map(({agent}) => residentMb(agent.pid))).toFixed(0),
    mosquitto_mb: mean(boxes.map(({broker}) => residentMb(broker.pid))).toFixed(1),
    machine_busy_percent: ((after.machine.busy - before.machine.busy) / (after.machine.all - before.machine.all) * 100).toFixed(0),
    ours_percent: ours.toFixed(0),
    unwell,
  };
  console.log(`RESULT traffic ${Object.entries(values).map(([key, value]) => `${key}=${value}`).join(" ")}`);
  const kinds = Map.groupBy ? Map.groupBy(all, ({topic}) => topic) : all.reduce((map, one) => map.set(one.topic, [...(map.get(one.topic) ?? []), one]), new Map());
  console.log([...kinds].map(([topic, list]) => `${topic}: ${(list.length / took / boxes.length).toFixed(3)} a second at each box, ${mean(list.map(({bytes}) => bytes)).toFixed(0)} bytes`).join("; "));
}
