// The cloud member as docker/compose.yaml runs it, without Docker: agent and mosquitto in the image's root folder, as its user, each under a memory limit,
// and with three validator clients, or what stands for them, under one limit for the machine. Two other boxes lend it their nodes. Must run as root in a network and
// mount namespace of its own: cloud-memory.sh does that.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {setTimeout as pause} from "node:timers/promises";
import {parseArgs} from "node:util";
import {runToEnd} from "../devnet/child.mjs";
import {MemoryGroup, container, give} from "./container.mjs";
import {Fleet, boxesOf} from "./fleet.mjs";
import {cpuSeconds, machineSeconds, residentMb} from "./meter.mjs";
import {PORTS} from "./plan.mjs";

const {values: options} = parseArgs({
  options: {
    agent: {type: "string"},
    root: {type: "string"}, // of cloud-root.sh
    install: {type: "string"}, // of the devnet: real validator clients (Lodestar) beside it, as many as --clients
    seconds: {type: "string", default: "300"},
    clients: {type: "string", default: "3"},
    "machine-mb": {type: "string", default: "2048"},
    "agent-mb": {type: "string", default: "256"}, // these two as in the compose file
    "mosquitto-mb": {type: "string", default: "64"},
    dir: {type: "string"},
  },
});
const VALIDATORS = 4; // of each real client
const dir = options.dir ? path.resolve(options.dir) : fs.mkdtempSync(path.join(os.tmpdir(), "dvstakers-edge-cloud-"));
const fleet = new Fleet(options.agent, boxesOf(3), dir, 12);
const cloud = fleet.boxes.find(({role}) => role === "auxiliary");
const groups = {};
let good = false;
try {
  await fleet.open();
  for (const box of fleet.boxes) if (box !== cloud) {
    await fleet.startBroker(box);
    await fleet.startAgent(box);
  }
  await startCloud();
  await fleet.settled();
  good = await measure();
} catch (error) {
  console.error(`${error.cause?.message ?? error.message}\nlogs are in ${dir}`);
} finally {
  await fleet.close();
  for (const name of ["agent", "mosquitto", "clients", "machine"]) groups[name]?.remove();
}
if (!options.dir && good) fs.rmSync(dir, {recursive: true, force: true});
process.exit(good ? 0 : 1);

async function startCloud() {
  groups.machine = new MemoryGroup(`trf-${process.pid}`, options["machine-mb"]);
  for (const name of ["agent", "mosquitto"]) groups[name] = new MemoryGroup(name, options[`${name}-mb`], groups.machine.folder);
  groups.clients = new MemoryGroup("clients", options["machine-mb"], groups.machine.folder);
  // Pages of a file belong to the group that read them first; so these have to be read anew.
  for (const file of ["usr/bin/dvstakers-edge", "usr/sbin/mosquitto"]) {
    const whole = path.join(options.root, file);
    await runToEnd("sync", [whole]);
    await runToEnd("dd", [`if=${whole}`, "iflag=nocache", "count=0", "status=none"]);
  }
  const etc = path.join(dir, "edge"), state = path.join(dir, "edge-state");
  fs.cpSync(fleet.membership.directory(cloud.name), path.join(etc, "cluster"), {recursive: true});
  fs.mkdirSync(state);
  for (const folder of [etc, state]) give(folder);
  const inside = (group, env) => container({root: options.root, etc, state, group, env, at: path.join(dir, `root-${path.basename(group.folder)}`)});
  // As in the compose file; the proxy is reached from the other side of the interface, as from another container.
  const agent = inside(groups.agent, {EDGE_ROLE: "auxiliary", EDGE_PROXY_LISTEN: "0.0.0.0:5070", EDGE_MQTT_HOST: cloud.name, EDGE_MQTT_TLS: "cluster",
    EDGE_STATUS_LISTEN: `${cloud.host}:${PORTS.status}`});
  await runToEnd(cloud.enter[0], [...cloud.enter.slice(1), ...agent, "/usr/bin/dvstakers-edge", "broker", "render", "--out", "/etc/dvstakers-edge/mosquitto"]);
  cloud.broker = fleet.spawn("mosquitto-cloud", "/usr/sbin/mosquitto", ["-c", "/usr/share/dvstakers-edge/mosquitto.conf"], {place: {enter: [...cloud.enter, ...inside(groups.mosquitto)]}});
  await fleet.listens(cloud);
  cloud.agent = fleet.spawn("agent-cloud", "/usr/bin/dvstakers-edge", ["run"], {place: {enter: [...cloud.enter, ...agent]}});
  await fleet.tells(cloud);
  // The healthcheck, as the engine would run it.
  await fleet.until("the healthcheck to be content", 60, () => runToEnd(cloud.enter[0], [...cloud.enter.slice(1), ...agent, "/usr/bin/dvstakers-edge", "status"]));
}

// They find their validators at the nodes, and attest; what they hand in goes nowhere.
async function startValidators(clients) {
  if (!options.install) return;
  const lodestar = path.join(options.install, "node_modules/@chainsafe/lodestar/lib/index.js");
  for (let i = 0; i < Number(options.clients); i++) {
    cloud.validators = [...(cloud.validators ?? []), fleet.spawn(`validator-${i}`, process.execPath, [lodestar, "validator", "--network", "mainnet", "--dataDir", path.join(dir, `validator-${i}`),
      "--interopIndexes", `${i * VALIDATORS}..${(i + 1) * VALIDATORS - 1}`, "--beaconNodes", `http://${cloud.host}:${PORTS.proxy}`, "--logFile", "none", "--force"], {place: clients})];
  }
  await fleet.until("each validator client to publish an attestation", 600, () => cloud.validators.every(({log}) => fs.readFileSync(log, "utf8").includes("Published attestations")));
}

async function measure() {
  const clients = {enter: ["sh", "-c", 'echo $$ >"$0/cgroup.procs"; exec "$@"', groups.clients.folder]};
  await startValidators(clients);
  const load = fleet.spawn("duty-load", process.execPath, [path.join(import.meta.dirname, "duty-load.mjs"), "--url", `http://${cloud.host}:${PORTS.proxy}`, "--clients", options.clients], {place: clients});
  const began = Date.now(), before = [cpuSeconds(cloud.agent.pid), cpuSeconds(cloud.broker.pid)], machine = machineSeconds();
  const most = {agent: 0, mosquitto: 0};
  while (Date.now() - began < Number(options.seconds) * 1000) {
    most.agent = Math.max(most.agent, residentMb(cloud.agent.pid));
    most.mosquitto = Math.max(most.mosquitto, residentMb(cloud.broker.pid));
    await pause(1000, undefined, {signal: fleet.signal});
  }
  const took = (Date.now() - began) / 1000, machineNow = machineSeconds();
  const used = [cpuSeconds(cloud.agent.pid), cpuSeconds(cloud.broker.pid)].map((now, i) => ((now - before[i]) / took * 100).toFixed(1));
  const status = await fleet.status(cloud);
  await load.stop();
  const duties = JSON.parse(load.lastLines(1));
  const kills = Object.values(groups).reduce((sum, group) => sum + group.kills, 0);
  const values = {
    agent_mb: most.agent.toFixed(0),
    mosquitto_mb: most.mosquitto.toFixed(0),
    limit_mb: options["machine-mb"],
    agent_limit_mb: options["agent-mb"],
    agent_group_max_mb: groups.agent.maxMb.toFixed(0),
    agent_group_own_mb: groups.agent.ownMb.toFixed(0),
    agent_failcnt: groups.agent.failures,
    mosquitto_limit_mb: options["mosquitto-mb"],
    mosquitto_group_max_mb: groups.mosquitto.maxMb.toFixed(0),
    mosquitto_failcnt: groups.mosquitto.failures,
    clients: options.clients,
    validator_client: options.install ? "lodestar" : "none",
    published: (cloud.validators ?? []).reduce((sum, {log}) => sum + fs.readFileSync(log, "utf8").split("Published attestations").length - 1, 0),
    clients_group_max_mb: groups.clients.maxMb.toFixed(0),
    all_max_mb: groups.machine.maxMb.toFixed(0),
    all_failcnt: groups.machine.failures,
    oom_kills: kills,
    seconds: took.toFixed(0),
    requests: duties.requests,
    failed: duties.failed,
    heads: duties.heads,
    streams_ended: duties.streams_ended,
    agent_cpu_percent: used[0],
    mosquitto_cpu_percent: used[1],
    machine_busy_percent: ((machineNow.busy - machine.busy) / (machineNow.all - machine.all) * 100).toFixed(0),
  };
  console.log(`RESULT cloud ${Object.entries(values).map(([key, value]) => `${key}=${value}`).join(" ")}`);
  for (const [what, count] of Object.entries(duties.problems)) console.log(`${count} x ${what}`);
  return kills === 0 && duties.failed === 0 && duties.requests > 0 && duties.heads > 0 && duties.streams_ended === 0 && status.ready;
}
