// Three Lodestar beacon nodes on execution stubs and two validator clients, all on this machine's loopback where the plan does not say otherwise.
//   node devnet.mjs --install DIR [--dir DIR] [--base-port N] [--seconds-per-slot N]   runs it until Ctrl-C
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";
import {parseArgs} from "node:util";
import {Child, runToEnd} from "./child.mjs";
import {get, post, until} from "./facts.mjs";
import {Front} from "./front.mjs";
import {CROWD, UNDER_TEST, VALIDATORS, allPorts, chainParameters, layout} from "./layout.mjs";
import {Peering} from "./peering.mjs";
import {claimRunFolder, portsInUse} from "./run-folder.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const script = (name) => path.join(here, name);

export class Devnet {
  #children = [];
  #abort = new AbortController();
  #stopping = new AbortController();
  #peering;

  constructor(plan) {
    this.plan = plan;
    this.#peering = new Peering(plan.stacks.map(({beacon}) => beacon), path.join(plan.dir, "logs", "peering.log"));
    this.execution = [];
    this.beacon = [];
    this.front = plan.fronts ? plan.stacks.map(({beacon}) => new Front(beacon.front, beacon.rest)) : [];
    this.validator = [];
  }

  // Aborted, with the reason, when a process dies that should not or when fail() is called.
  get signal() {
    return this.#abort.signal;
  }

  fail(error) {
    this.#abort.abort(error);
  }

  async start() {
    const {plan} = this;
    await claimRunFolder(plan.dir);
    const taken = await portsInUse(allPorts(plan));
    if (taken.length) throw new Error(`something listens already on port ${taken.join(", ")}; choose another --base-port`);
    fs.writeFileSync(plan.jwtFile, crypto.randomBytes(32).toString("hex") + "\n", {mode: 0o600});
    // The beacon nodes need the genesis time before they start: far enough away for two slow cores.
    this.genesisTime = Math.ceil(Date.now() / 1000) + 30;
    await runToEnd(process.execPath, [script("genesis.mjs"), "--install", plan.install, "--out", plan.genesisFile,
      "--validators", String(VALIDATORS), "--time", String(this.genesisTime),
      "--execution-hash", plan.executionGenesis, "--seconds-per-slot", String(plan.secondsPerSlot)]);
    await this.#each((i) => this.startExecution(i));
    await this.#each((i) => this.startBeacon(i));
    this.#peering.run(this.#stopping.signal);
    await this.#each((i) => this.connected(i));
    this.startValidator(0, CROWD, [plan.stacks[0].beacon.url]);
  }

  async startExecution(i) {
    const {plan} = this;
    const {place, execution: {name, rpc, engine, url}} = plan.stacks[i];
    const peers = plan.stacks.filter((_, other) => other !== i).map(({execution}) => execution.url);
    this.execution[i] = this.spawn(name, process.execPath, [script("execution-stub.mjs"), "--rpc-port", String(rpc),
      "--engine-port", String(engine), "--jwt-secret", plan.jwtFile, "--genesis-hash", plan.executionGenesis,
      "--genesis-time", String(this.genesisTime), "--peers", peers.join(","), "--host", place.host], place);
    await this.until(`${name} to answer`, 20, () => post(url, {jsonrpc: "2.0", id: 1, method: "eth_chainId", params: []}));
  }

  async startBeacon(i) {
    const {plan} = this;
    const {place, beacon, execution} = plan.stacks[i];
    this.beacon[i] = this.#lodestar(beacon.name, ["beacon", "--network", "dev", "--dataDir", path.join(plan.dir, beacon.name),
      "--genesisStateFile", plan.genesisFile, ...chainParameters(plan), "--eth1", "false",
      "--execution.urls", `http://${place.host}:${execution.engine}`, "--jwt-secret", plan.jwtFile,
      "--rest", "--rest.address", place.host, "--rest.port", String(beacon.rest), "--rest.namespace", "*",
      "--listenAddress", place.host, "--port", String(beacon.p2p), "--enr.ip", place.host,
      "--enr.tcp", String(beacon.p2p), "--enr.udp", String(beacon.p2p), "--targetPeers", "3",
      "--subscribeAllSubnets", "--network.allowPublishToZeroPeers", "--logFile", "none"], place);
    await this.until(`${beacon.name} to answer`, 90, () => get(`${beacon.url}/eth/v1/node/identity`));
    await this.front[i]?.open();
  }

  // With it goes its port, in the same moment.
  async killBeacon(i) {
    await Promise.all([this.beacon[i].kill(), this.front[i]?.close()]);
  }

  async connected(i) {
    const {beacon} = this.plan.stacks[i];
    await this.until(`${beacon.name} to have its peers`, 90, () => this.#peering.connected(beacon));
  }

  startValidator(k, {first, last}, beaconNodes, place) {
    const name = `vc${k}`;
    this.validator[k] = this.#lodestar(name, ["validator", "--network", "dev", "--dataDir", path.join(this.plan.dir, name),
      ...chainParameters(this.plan), "--interopIndexes", `${first}..${last}`, "--beaconNodes", beaconNodes.join(","),
      "--logFile", "none", "--force"], place);
  }

  // The validators under test, on these beacon nodes in this order. Their slashing protection survives a change.
  async pointValidator(beaconNodes, place) {
    if (this.validator[1]?.running) await this.validator[1].stop();
    this.startValidator(1, UNDER_TEST, beaconNodes, place);
  }

  async head(i) {
    const {data} = await get(`${this.plan.stacks[i].beacon.url}/eth/v1/beacon/headers/head`);
    return {slot: Number(data.header.message.slot), root: data.root};
  }

  // Healthy by its own word, and on the same head as the node that nobody touches.
  async onHeadOfFirst(i) {
    const {url} = this.plan.stacks[i].beacon;
    const health = await fetch(`${url}/eth/v1/node/health`, {signal: AbortSignal.timeout(2000)});
    await health.arrayBuffer();
    const {data: sync} = await get(`${url}/eth/v1/node/syncing`);
    const [first, own] = await Promise.all([this.head(0), this.head(i)]);
    return health.status === 200 && !sync.is_syncing && !sync.is_optimistic && first.root === own.root;
  }

  spawn(name, command, args, {env, enter} = {}) {
    this.signal.throwIfAborted(); // else a restart in progress would outlive stop()
    const child = new Child(name, command, args, {dir: this.plan.dir, env, enter, died: (error) => this.fail(error)});
    this.#children.push(child);
    return child;
  }

  until(what, seconds, fact, options) {
    return until(what, seconds, fact, {signal: this.signal, ...options});
  }

  // Validators first, then what they lean on. The beacon nodes' data has no future: they get little time.
  async stop() {
    this.#stopping.abort();
    await Promise.all(this.front.map((front) => front.close()));
    for (const {wave, seconds} of [{wave: /^vc/, seconds: 5}, {wave: /^agent/, seconds: 5}, {wave: /^bn/, seconds: 2}, {wave: /./, seconds: 5}]) {
      await Promise.all(this.#children.filter((child) => child.running && wave.test(child.name)).map((child) => child.stop(seconds)));
    }
  }

  #lodestar(name, args, place) {
    return this.spawn(name, process.execPath, [this.plan.lodestar, ...args], place);
  }

  #each(action) {
    return Promise.all(this.plan.stacks.map((_, i) => action(i)));
  }
}

// Runs `body` with a started devnet and stops it whatever happens: an error, Ctrl-C, a process that dies.
export async function withDevnet(plan, body) {
  const net = new Devnet(plan);
  const interrupted = (signal) => net.fail(new Interrupted(signal));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupted);
  const aborted = new Promise((_, reject) => net.signal.addEventListener("abort", () => reject(net.signal.reason)));
  try {
    return await Promise.race([net.start().then(() => body(net)), aborted]);
  } finally {
    await net.stop();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, interrupted);
  }
}

export class Interrupted extends Error {
  constructor(signal) {
    super(`interrupted by ${signal}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const {values: options} = parseArgs({
    options: {
      install: {type: "string"},
      dir: {type: "string", default: path.join(process.env.XDG_RUNTIME_DIR ?? "/tmp", `dvstakers-edge-devnet-${process.getuid()}`)},
      "base-port": {type: "string", default: "29000"},
      "seconds-per-slot": {type: "string", default: "4"},
    },
  });
  const plan = layout({dir: options.dir, install: options.install, basePort: Number(options["base-port"]),
    secondsPerSlot: Number(options["seconds-per-slot"])});
  await withDevnet(plan, async (net) => {
    await net.pointValidator([plan.stacks[1].beacon.served, plan.stacks[2].beacon.served]);
    await net.until("the first block", 120, async () => (await net.head(0)).slot > 0);
    console.log(`running in ${plan.dir}, beacon nodes on ${plan.stacks.map(({beacon}) => beacon.url).join(" ")}; Ctrl-C ends it`);
    await new Promise(() => {});
  }).catch((error) => {
    console.error(error.message);
    process.exitCode = error instanceof Interrupted ? 0 : 1;
  });
}
